"""The postgres process of one data directory: its cluster made, started, watched and stopped by the keeper."""

import ctypes
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from service.postgres.errors import PostgresError
from service.postgres.locks import acquire, open_lock
from service.postgres.place import Place

READY_POLL = 0.02  # seconds
CLUSTER_PATIENCE = 60.0
LAUNCHES_AT_MOST = 3
LOG_BYTES = 10 * 1024 * 1024
GIGABYTE = 1024**3
PR_SET_PDEATHSIG = 1
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}  # never the caller's LANG or PG* variables
STOPPING = ((signal.SIGINT, 45.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))


class Server:
    """A child of this process's main thread: the parent-death signal fires when the starting thread ends."""

    def __init__(self, place: Place, home: Path, fsync: str) -> None:
        self.place = place
        self.home = home
        self.fsync = fsync
        self.process: subprocess.Popen[bytes] | None = None

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def rotate_log(self) -> None:
        log = self.home / "log"
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(self.home / "log.1")

    def initialise(self) -> None:
        """Make the cluster when there is none: under another name first, so that half a one is never taken for one."""
        data, major = self.place.data, self._major()
        if data.exists():
            if (made_by := (data / "PG_VERSION").read_text().strip()) != major:
                raise PostgresError(
                    f"The database in {data} was made by PostgreSQL {made_by}, the binaries are {major}. "
                    f"Start it with DUNLOG_POSTGRES_BIN set to a PostgreSQL {made_by}, dump it, and load it anew."
                )
            return
        cluster = self._cluster_lock()
        try:
            fresh = data.with_name("data.new")
            if fresh.exists():
                shutil.rmtree(fresh)
            fresh.mkdir(mode=0o700)
            os.chown(fresh, self.place.account.uid, self.place.account.gid)
            self._tool(cluster, "initdb", *_init_options(fresh, int(major), self.fsync))
            create = b"CREATE DATABASE dunlog"
            self._tool(cluster, "postgres", "--single", "-F", "-D", str(fresh), "postgres", words=create)
            if self.fsync == "on":
                self._tool(cluster, "initdb", "--sync-only", "-D", str(fresh))
            fresh.rename(data)
            _sync_folder(data.parent)
        finally:
            os.close(cluster)

    def launch(self) -> None:
        """Start postgres and wait until it takes connections; again when it is killed on the way."""
        for _ in range(LAUNCHES_AT_MOST):
            log_start = self._spawn()
            while self.is_alive():
                if self._is_ready():
                    return
                time.sleep(READY_POLL)
            if self.process is not None and self.process.returncode >= 0:
                break
        raise PostgresError(f"PostgreSQL did not start in {self.place.data}: {self._log_since(log_start)}")

    def _spawn(self) -> int:
        """Start postgres; where its part of the log begins."""
        cluster = self._cluster_lock()
        try:
            self._drop_stale_pid()
            with (self.home / "log").open("ab") as log:
                self.process = subprocess.Popen(
                    [self.place.binaries / "postgres", *self._options()],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=ENVIRONMENT,
                    pass_fds=(cluster,),
                    preexec_fn=_die_with_parent(signal.SIGINT),
                    **self.place.account.options(),
                )
                return log.tell()
        finally:
            os.close(cluster)

    def stop(self) -> None:
        """Fast shutdown, harder when it takes too long."""
        for number, patience in STOPPING:
            if self.process is None or not self.is_alive():
                return
            self.process.send_signal(number)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                continue

    def _cluster_lock(self) -> int:
        """The lock that every process of the cluster inherits: once we have it, none of an earlier server is left."""
        lock = open_lock(self.home / "cluster")
        if acquire(lock, fcntl.LOCK_EX, CLUSTER_PATIENCE):
            return lock
        os.close(lock)
        raise PostgresError(
            f"Processes of an earlier PostgreSQL server still use {self.place.data} after {CLUSTER_PATIENCE:.0f} s. "
            f"The first line of {self.place.data / 'postmaster.pid'} names the one to end."
        )

    def _options(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": str(self.place.sockets),
            "cluster_name": "dunlog",
            "fsync": self.fsync,
            "shared_buffers": f"{min(_memory() // 4, GIGABYTE) // 1024}kB",
            "max_wal_size": "4GB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # the log must not hold what people wrote: no statements, no key values
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            "log_checkpoints": "off",
        }
        return ["-D", str(self.place.data), *(f"--{name}={value}" for name, value in settings.items())]

    def _is_ready(self) -> bool:
        """As pg_ctl asks: the last line of postmaster.pid, when the file is of our own child."""
        lines = self._pid_lines()
        return len(lines) > 7 and self.process is not None and lines[0] == str(self.process.pid) and lines[7] == "ready"

    def _pid_lines(self) -> list[str]:
        try:
            return [line.strip() for line in (self.place.data / "postmaster.pid").read_text().splitlines()]
        except FileNotFoundError:
            return []

    def _drop_stale_pid(self) -> None:
        """Postgres refuses to start while the old pid exists, be it a zombie that a container's init never buries or,
        after a reboot, a stranger. We hold the cluster's lock: only a server somebody started by hand still counts."""
        lines = self._pid_lines()
        process = Path("/proc", lines[0] if lines else "none")
        if process.exists() and not _works_in(process, self.place.data):
            (self.place.data / "postmaster.pid").unlink()
        for lock in self.place.sockets.glob(".s.PGSQL.*.lock"):
            lock.unlink()

    def _tool(self, cluster: int, name: str, *arguments: str, words: bytes = b"") -> None:
        done = subprocess.run(
            [self.place.binaries / name, *arguments],
            input=words,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=ENVIRONMENT,
            pass_fds=(cluster,),
            preexec_fn=_die_with_parent(signal.SIGTERM),
            check=False,
            **self.place.account.options(),
        )
        if done.returncode:
            said = " ".join(done.stdout.decode("utf-8", "replace").split())[-600:]
            raise PostgresError(f"{name} could not make the database in {self.place.data}: {said}")

    def _major(self) -> str:
        version = subprocess.run([self.place.binaries / "postgres", "-V"], capture_output=True, check=True).stdout
        found = re.search(r"\d+", version.decode())
        return found.group() if found else "?"

    def _log_since(self, start: int) -> str:
        with (self.home / "log").open("rb") as log:
            log.seek(start)
            lines = log.read(8192).decode("utf-8", "replace").splitlines()
        told = [line for line in lines if "FATAL" in line or "PANIC" in line or "HINT" in line] or lines[-3:]
        return " ".join(told) or f"see {self.home / 'log'}"


def _init_options(data: Path, major: int, fsync: str) -> list[str]:
    # the built-in provider sorts and folds alike on every machine; with ctype C Chinese has no letters for pg_trgm
    provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else []
    return [
        *("-D", str(data), "--username=dunlog", "--encoding=UTF8", "--lc-collate=C", "--lc-ctype=C.UTF-8", "--no-sync"),
        *provider,
        *("--auth-local=trust", "--auth-host=scram-sha-256", "--no-instructions"),
    ]


def _die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """For the child, after it changed its account (which clears the setting): end when the keeper is killed."""
    parent = os.getpid()
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def before_exec() -> None:
        # what the keeper ignores its child would ignore too, until it has handlers of its own
        for ignored in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_DFL)
        if prctl:
            prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return before_exec


def _works_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").resolve(strict=True) == folder
    except OSError:
        return False


def _memory() -> int:
    """Bytes of memory we may use: the machine's, or the container's limit."""
    limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        try:
            limits.append(int(Path("/sys/fs/cgroup", name).read_text()))
        except (OSError, ValueError):
            continue
    return min(limits)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
