"""How a process starts: with what it needs to answer, and no more."""

import json
import os
import subprocess
import sys

import pytest

LATER = ("alembic", "holidays", "jinja2", "openpyxl", "service.api.document", "typst")
"""What takes long to import, and is needed by the first who asks for it."""

TOLD = """
import atexit, gc, json, sys
from service.cli import main
looked = lambda: gc.get_stats()[2]["collections"]
before = looked()
atexit.register(lambda: print(json.dumps([looked() - before, list(sys.modules)])))
main()
"""


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_process_starts_without_what_it_needs_later_and_without_looking_for_cycles(command):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DUNLOG_")}
    environment |= {"DATABASE_URL": "postgresql://127.0.0.1:1/nobody", "DUNLOG_SECRET_KEY": "AAAA" * 10 + "AAA="}
    arguments = [sys.executable, "-c", TOLD, command]
    ended = subprocess.run(arguments, env=environment, capture_output=True, text=True)
    assert ended.returncode != 0, "there is no such database"
    looked, imported = json.loads(ended.stdout.splitlines()[-1])
    assert "service.app" in imported
    assert [name for name in LATER if name in imported] == []
    assert looked == 0
