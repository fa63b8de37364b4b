"""`python -m tests.chaos.stem`: has imported the service once, and forks a process of it for every line it reads.

In come lines of JSON with `command`, `environment` and `said` (the file for what it prints); out go `{"pid"}` for each, and
`{"pid", "code"}` when one has ended. All end with it, and it ends with its input.
"""

import ctypes
import gc
import importlib
import json
import os
import select
import signal
import sys
import traceback
from typing import Any

from tests.chaos import entry

_DIES_WITH_PARENT = 1


def main() -> None:
    read, write = os.pipe()
    for descriptor in (read, write):
        os.set_blocking(descriptor, False)
    signal.set_wakeup_fd(write)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for module in entry.FOR_LATER:
        importlib.import_module(module)
    gc.freeze()  # what is here already stays shared with the forked
    orders = os.fdopen(0, "rb", buffering=0)  # a buffer would hide lines from select
    while True:
        ready, _, _ = select.select([0, read], [], [])
        if 0 in ready:
            line = orders.readline()
            if not line:
                return
            _tell(pid=_forked(json.loads(line)))
        if read in ready:
            os.read(read, 4096)
        _bury()


def _forked(wanted: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            _become(**wanted)
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return pid


def _become(command: list[str], environment: dict[str, str], said: str) -> None:
    ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, int(signal.SIGKILL))
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    log = os.open(said, os.O_WRONLY | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, source in ((0, nothing), (1, log), (2, log)):
        os.dup2(source, descriptor)
    os.environ.clear()
    os.environ.update(environment)
    entry.run(*command)


def _bury() -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _tell(pid=pid, code=os.waitstatus_to_exitcode(status))


def _tell(**said: int) -> None:
    os.write(1, json.dumps(said).encode() + b"\n")


if __name__ == "__main__":
    main()
