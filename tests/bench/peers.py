"""What a user would pick instead, each in the environment of the peers and on the server of the bench. One that cannot be
installed or fails is said so in the table."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
from msgspec import Struct
from sqlalchemy import make_url

from tests.bench.lines import Sample

HERE = Path(__file__).parent / "peer_scripts"
ENVIRONMENT = Path(__file__).resolve().parents[2] / ".venv-peers"
PATIENCE = 600.0


class Told(Struct, frozen=True):
    """What a peer did in a second, or why nothing can be said."""

    sample: Sample | None
    note: str = ""


class Peers:
    """`which`: `none`, `some` (a few seconds each) or `all` (minutes)."""

    def __init__(self, which: str) -> None:
        self.which = which
        self._missing: dict[str, str] = {}

    def run(self, script: str, url: str, **options: Any) -> Told:
        """The figures of one of the scripts of `peer_scripts/`, which prints a list of them as its last line."""
        if self.which == "none":
            return Told(None, "not asked for: --peers none")
        missing = self._installed("all" if self.which == "all" else "some")
        if missing and not (HERE / f"{script}.py").exists():
            return Told(None, missing)
        command = [str(ENVIRONMENT / "bin/python"), str(HERE / f"{script}.py"), json.dumps(_place(url) | options)]
        if missing and not self._imports(script):
            return Told(None, f"not installed: {missing}")
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return Told(None, f"did not run: {error}")
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line[:1].isalpha() and not line.startswith("LINE")]
            return Told(None, f"failed: {(said or ['without a word'])[-1][:200]}")
        return Told(Sample.of(json.loads(done.stdout.splitlines()[-1])))

    def _imports(self, script: str) -> bool:
        """Whether what the script needs is there although not everything could be installed."""
        python = ENVIRONMENT / "bin/python"
        needed = (HERE / f"{script}.py").read_text().split("NEEDS = ")[1].splitlines()[0].strip('"')
        command = [str(python), "-c", f"import {needed}"]
        return python.exists() and not subprocess.run(command, check=False, capture_output=True).returncode

    def _installed(self, extent: str) -> str:
        """Install what is lacking; why not, or nothing."""
        if extent not in self._missing:
            self._missing[extent] = _install(HERE / f"{extent}.txt")
        return self._missing[extent]


def _install(requirements: Path) -> str:
    stamp = ENVIRONMENT / f".{requirements.stem}"
    if stamp.exists() and stamp.read_text() == requirements.read_text():
        return ""
    pip = [str(ENVIRONMENT / "bin/python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    for command in ([sys.executable, "-m", "venv", str(ENVIRONMENT)], [*pip, "-r", str(requirements)]):
        done = subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False)
        if done.returncode:
            wrong = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
            return (wrong or ["pip failed"])[-1].removeprefix("ERROR: ")[:200]
    stamp.write_text(requirements.read_text())
    return ""


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def _place(url: str) -> dict[str, str]:
    """A database of the peers' own on the same server, new each time."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS peers WITH (FORCE)")
        connection.execute("CREATE DATABASE peers")
    its = make_url(url)
    host, port = str(its.query["host"]), str(its.query["port"])
    return {"dbname": "peers", "host": host, "port": port, "user": str(its.username)}
