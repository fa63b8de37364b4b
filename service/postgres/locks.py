"""File locks between the users of a data directory, its keeper and its server, and the keeper's word in its lock file.

`users` is held shared by every user, `keeper` by the keeper alone, `cluster` by the server and all its processes.
"""

import fcntl
import json
import os
import time
from pathlib import Path

from service.postgres.errors import PostgresError

POLL = 0.02
STATUS_BYTES = 64 * 1024


def open_lock(path: Path) -> int:
    """A descriptor of the lock file, made when missing and then owned by the owner of its folder."""
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        owner = path.parent.stat()
        if os.geteuid() == 0 and os.fstat(lock).st_uid != owner.st_uid:
            # else the owner could not open his own data directory once root has used it
            os.fchown(lock, owner.st_uid, owner.st_gid)
    except OSError as error:
        raise PostgresError(
            f"The data directory {path.parent.parent} is not yours to use ({error.strerror}: {error.filename}). "
            "Run as its owner, or set DUNLOG_DATA_DIR to another directory."
        ) from error
    return lock


def try_acquire(lock: int, kind: int) -> bool:
    """Take the lock (LOCK_SH or LOCK_EX) if it is free at this moment."""
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def acquire(lock: int, kind: int, patience: float) -> bool:
    """Take the lock, waiting at most `patience` seconds."""
    deadline = time.monotonic() + patience
    while not try_acquire(lock, kind):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    return True


def read_status(lock: int) -> dict[str, str]:
    """What the keeper wrote last: {"url"} when ready, {"error"} when it gave up, {} while it is at work."""
    try:
        status = json.loads(os.pread(lock, STATUS_BYTES, 0) or b"{}")
    except ValueError:
        return {}  # read in the middle of a write
    return status if isinstance(status, dict) else {}


def write_status(lock: int, **status: str) -> None:
    """Replace the keeper's word."""
    os.ftruncate(lock, 0)
    os.pwrite(lock, json.dumps(status).encode(), 0)
