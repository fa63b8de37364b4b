"""An earlier version of the service, taken from the repository's own history, to be run beside the present one."""

import io
import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.journeys.house import House

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Elder(House):
    """A house whose processes run the code in `folder`."""

    folder: Path = field(default_factory=Path)

    def environment_of(self, port: int) -> dict[str, str]:
        return super().environment_of(port) | {"PYTHONPATH": str(self.folder)}

    def launched(self, command: tuple[str, ...], port: int) -> "subprocess.Popen[bytes]":
        line = [sys.executable, "-m", "service", *command]
        with self.log.open("ab") as said:
            return subprocess.Popen(line, env=self.environment_of(port), cwd=self.folder, stdout=said, stderr=said)

    def run(self, *arguments: str) -> str:
        line = [sys.executable, "-m", "service", *arguments]
        done = subprocess.run(line, env=self.environment_of(self.port), cwd=self.folder, capture_output=True, check=True)
        return done.stdout.decode()


def older(back: int, folder: Path) -> str | None:
    """The commit that is so many changes of the service back (CHAOS_OLDER names another), now in the folder; None where
    there is no history, or none whose migrations are all still ours."""
    named = os.environ.get("CHAOS_OLDER")
    commits = [named] if named else _git("log", "--format=%h", f"--max-count={back + 1}", "--", "service").split()[1:]
    present = {path.name for path in (ROOT / "migrations" / "versions").glob("*.py")}
    for commit in reversed(commits):
        packed = subprocess.run(
            ["git", "archive", commit, "service", "migrations"], cwd=ROOT, capture_output=True, check=False
        )
        if packed.returncode:
            continue
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
            archive.extractall(folder, filter="data")
        if {path.name for path in (folder / "migrations" / "versions").glob("*.py")} <= present:
            return commit
    return None


def _git(*arguments: str) -> str:
    asked = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return asked.stdout
