"""A copy of the tree in which guards are taken out one at a time, and the named tests are run."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.mutants.mutant import ROOT, Mutant

PATIENCE = 240.0
"""Seconds that a test with a mutant may take."""

_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", ".data", "results", "htmlcov")
_PASSED, _FAILED = 0, 1


class Verdict(NamedTuple):
    """`caught`, `SURVIVED`, or what went wrong with the proof itself."""

    word: str
    seconds: float
    output: str = ""


@contextmanager
def copy_of_the_tree() -> Iterator[Path]:
    """The files as they lie here, in a folder of their own."""
    folder = Path(tempfile.mkdtemp(prefix="dunlog-mutants-"))
    folder.chmod(0o755)  # the embedded server's account must get through
    try:
        shutil.copytree(ROOT, folder / "tree", ignore=_LEFT_OUT)
        yield folder / "tree"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def judged(tree: Path, mutant: Mutant) -> Verdict:
    """Whether the named test misses the guard."""
    file = tree / mutant.file
    source = file.read_text("utf-8")
    try:
        file.write_text(mutant.grown(source), "utf-8")
        code, seconds, output = tried(tree, mutant.test)
    finally:
        file.write_text(source, "utf-8")
    if code == _PASSED:
        return Verdict("SURVIVED", seconds, output)
    if code is None:
        return Verdict("TIMED OUT", seconds, output)
    # A test that could not even begin proves nothing.
    is_missed = code == _FAILED and " failed" in output.splitlines()[-1]
    return Verdict("caught" if is_missed else "BROKEN", seconds, output)


def tried(tree: Path, *tests: str) -> tuple[int | None, float, str]:
    """The tests in the copy: pytest's exit code, None when they took too long, the seconds and what was printed."""
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--tb=line", *tests]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    running = subprocess.Popen(
        command, cwd=tree, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        output, _ = running.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        output, _ = running.communicate()
        return None, time.monotonic() - began, output
    return running.returncode, time.monotonic() - began, output
