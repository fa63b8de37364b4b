"""The keeper: one small process per data directory that runs its server while somebody holds the users' lock.

Run as `python -m service.postgres.keeper LOCK DATA_DIR BIN_DIR FSYNC`; LOCK is the keeper's lock, inherited held.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from service.postgres.errors import PostgresError
from service.postgres.locks import open_lock, try_acquire, write_status
from service.postgres.place import choose
from service.postgres.server import Server

CHECK_EVERY = 0.2  # seconds
REVIVE_EVERY = 2.0


def main() -> None:
    if os.fork():
        os._exit(0)
    # a terminal or a service manager signals the whole group: the server must outlive its users' orderly end
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    lock, data_dir, bin_dir, fsync = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
    os.set_inheritable(lock, False)
    try:
        place = choose(data_dir, Path(bin_dir) if bin_dir else None)
        try:
            keep(Server(place, data_dir / "postgres", fsync), lock)
        finally:
            with suppress(OSError):
                place.sockets.rmdir()
    except (PostgresError, OSError, subprocess.SubprocessError) as error:
        write_status(lock, error=str(error))
        sys.exit(1)


def keep(server: Server, lock: int) -> None:
    """Run the server until the users' lock can be had exclusively; revive it when it dies before."""
    users = open_lock(server.home / "users")
    server.rotate_log()
    server.initialise()
    server.launch()
    write_status(lock, url=server.place.url)
    while not try_acquire(users, fcntl.LOCK_EX):
        time.sleep(CHECK_EVERY)
        if not server.is_alive():
            write_status(lock)
            try:
                server.launch()
                write_status(lock, url=server.place.url)
            except PostgresError as error:
                print(error, file=sys.stderr, flush=True)
                time.sleep(REVIVE_EVERY)
    write_status(lock)
    server.stop()


if __name__ == "__main__":
    main()
