"""Where the figures were taken: without the machine beside it an absolute number says nothing."""

import os
import platform
import subprocess
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[2]


def described(url: str) -> dict[str, Any]:
    """The machine, the programs' versions and the commit."""
    with psycopg.connect(url, autocommit=True) as connection:
        shown = ("server_version", "fsync", "synchronous_commit", "shared_buffers", "max_wal_size", "full_page_writes")
        server = {name: connection.execute(f"SHOW {name}".encode()).fetchone()[0] for name in shown}  # type: ignore[index]
    return {
        "cpus": len(os.sched_getaffinity(0)),
        "cpu": _cpu(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": server.pop("server_version"),
        "server": server,
        "commit": commit(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def commit() -> str:
    """The commit that is measured, with a + when files differ from it."""

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    dirty = "+" if git("status", "--porcelain", "--untracked-files=no", "--", "service", "migrations") else ""
    return (git("rev-parse", "--short", "HEAD") or "unknown") + dirty
