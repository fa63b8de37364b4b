"""The house keeps its own rules: who may import whom, who reads a clock, who commits, names, sizes, foreign traces."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SERVICE = ROOT / "service"

# each room and the rooms below it; the modules at the top of `service` wire everything and nobody imports them
FLOORS: dict[str, set[str]] = {
    "domain": set(),
    "words": {"domain"},
    "store": {"domain"},
    "channels": {"domain"},
    "printing": set(),
    "engine": {"domain", "store", "words", "channels", "printing"},
    "reports": {"domain", "store"},
    "api": {"domain", "store", "engine", "reports", "words", "channels", "printing"},
    "console": {"domain", "store", "engine", "reports", "words"},
}
COMPOSITION_PACKAGES = {"postgres", "demo", "importing"}
DOMAIN_LIBRARIES = {"msgspec"}
CLOCK_ROOMS = {"engine", "channels"}
CLOCK_FILES = {"api/guards.py"}
CLOCK_READS = {
    *(f"datetime.{name}" for name in ("now", "utcnow", "today")),
    *("date.today", "time.time", "time.time_ns"),
}
COMMIT_ROOMS = {"engine"}
TRANSACTIONS = "store/database.py"
"""Where a transaction ends; whoever opens one there says how long it lasts."""
# around one delivery, around one item run alone, around one look of a loop
CATCH_ALL = {"engine/deliver.py": 1, "engine/handle.py": 1, "worker.py": 1}
VAGUE_NAMES = {"utils", "common", "helpers", "manager", "base", "misc"}
LONGEST_FILE, LONGEST_FUNCTION = 300, 60

UNREAD_FOLDERS = {"__pycache__", "node_modules", "build", "dist", "htmlcov"}
SLASH = "/"  # spelled apart so that this file does not find itself
FOREIGN = {
    "a package registry": re.compile(
        "|".join(("pypi" + r"\.org", "python" + r"hosted\.org", "npmjs" + r"\.(org|com)"))
    ),
    "a machine's path": re.compile(rf"(?<![\w.<>-]){SLASH}(work|root|home{SLASH}[a-z]\w*|Users{SLASH}\w+){SLASH}"),
}


def faults(path: str, source: str) -> list[str]:
    """What is wrong with one module of the service; `path` is relative to `service/`."""
    tree = ast.parse(source)
    found = [*_names(path), *_imports(path, tree), *_clocks(path, tree), *_commits(path, tree), *_catches(path, tree)]
    found += _sizes(source, tree)
    if not ast.get_docstring(tree):
        found.append("no module docstring")
    return [f"{path}: {fault}" for fault in found]


def _room(path: str) -> str:
    """The room of a module; "" for the composition root."""
    first = path.split("/")[0]
    return "" if first.endswith(".py") or first in COMPOSITION_PACKAGES else first


def _names(path: str) -> Iterator[str]:
    parts = [part.removesuffix(".py") for part in path.split("/")]
    if VAGUE_NAMES & set(parts):
        yield "a name that says nothing"
    if parts[0] in sys.stdlib_module_names:
        yield f"shadows the standard library's {parts[0]}"
    if _room(path) and parts[0] not in FLOORS:
        yield f"room {parts[0]} is not on the plan"


def _imports(path: str, tree: ast.AST) -> Iterator[str]:
    room = _room(path)
    if not room:
        return
    for module in _imported(path, tree):
        top, _, rest = module.partition(".")
        if top == "service":
            target = rest.split(".")[0]
            if target != room and target not in FLOORS.get(room, set()):
                yield f"{room} imports {module}"
        elif room == "domain" and top not in sys.stdlib_module_names | DOMAIN_LIBRARIES:
            yield f"domain imports {module}"


def _imported(path: str, tree: ast.AST) -> Iterator[str]:
    """Every module named by an import; `from service import x` counts as `service.x`."""
    package = ["service", *path.split("/")[:-1]]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            upward = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*upward, *([node.module] if node.module else [])])
            yield from (f"{module}.{name.name}" for name in node.names) if module == "service" else [module]


def _mentioned(tree: ast.AST) -> Iterator[str]:
    """All dotted names, called or handed on, spelled in full where their head was imported from a module."""
    origin = {
        name.asname or name.name: f"{node.module}.{name.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            head, dot, rest = ast.unparse(node).partition(".")
            yield origin.get(head, head) + dot + rest


def _clocks(path: str, tree: ast.AST) -> Iterator[str]:
    room = _room(path)
    if not room or room in CLOCK_ROOMS or path in CLOCK_FILES:
        return
    for name in _mentioned(tree):
        if ".".join(name.split(".")[-2:]) in CLOCK_READS:
            yield f"reads the clock with {name}"


def _commits(path: str, tree: ast.AST) -> Iterator[str]:
    allowed = path == TRANSACTIONS or _room(path) in COMMIT_ROOMS
    if _room(path) and not allowed and any(name.endswith(".commit") for name in _mentioned(tree)):
        yield "commits"


def _catches(path: str, tree: ast.AST) -> Iterator[str]:
    caught = sum(_catches_all(node) for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler))
    if caught > CATCH_ALL.get(path, 0):
        yield f"catches every exception {caught} times"


def _catches_all(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    names = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(ast.unparse(name) in ("Exception", "BaseException") for name in names)


def _sizes(source: str, tree: ast.AST) -> Iterator[str]:
    if (lines := len(source.splitlines())) > LONGEST_FILE:
        yield f"{lines} lines"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            if (lines := node.end_lineno - first + 1) > LONGEST_FUNCTION:
                yield f"{node.name} has {lines} lines"


def traces(text: str) -> list[str]:
    """What of somebody's machine or network a text gives away."""
    return [f"{what}: {found.group()}" for what, pattern in FOREIGN.items() if (found := pattern.search(text))]


def _texts() -> Iterator[tuple[Path, str]]:
    folders = [ROOT]
    while folders:
        for path in sorted(folders.pop().iterdir()):
            if path.is_dir():
                if path.name not in UNREAD_FOLDERS and (
                    not path.name.startswith(".") or path.name in (".ci", ".github")
                ):
                    folders.append(path)
            elif path.is_file() and path.name != ".git":  # a file in a second working tree, and git's own
                try:
                    yield path, path.read_text("utf-8")
                except UnicodeDecodeError:
                    continue


def test_every_module_keeps_the_rules():
    modules = sorted(SERVICE.rglob("*.py"))
    assert modules
    found = [
        fault for module in modules for fault in faults(module.relative_to(SERVICE).as_posix(), module.read_text())
    ]
    assert not found, "\n".join(found)


def test_no_file_tells_of_the_machine_it_was_written_on():
    found = [f"{path.relative_to(ROOT)}: {trace}" for path, text in _texts() for trace in traces(text)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("path", "source", "fault"),
    [
        ("domain/case.py", "from service.store import log", "domain imports service.store"),
        ("domain/case.py", "import pydantic", "domain imports pydantic"),
        ("domain/case.py", "def f():\n    import psycopg.rows", "domain imports psycopg.rows"),
        ("domain/decide/bill.py", "from ...store import log", "domain imports service.store"),
        ("store/log.py", "import service.engine.handle", "store imports service.engine.handle"),
        ("channels/email.py", "from service import store", "channels imports service.store"),
        ("engine/tick.py", "from service.settings import Settings", "engine imports service.settings"),
        ("api/cases.py", "from service import postgres", "api imports service.postgres"),
        ("reports/ageing.py", "from service.api import cases", "reports imports service.api"),
        ("things/case.py", "", "room things is not on the plan"),
        ("domain/case.py", "import datetime\ndatetime.datetime.now()", "reads the clock with datetime.datetime.now"),
        ("store/log.py", "from datetime import date as d\nd.today()", "reads the clock with datetime.date.today"),
        (
            "store/log.py",
            "from datetime import datetime\ndatetime.utcnow()",
            "reads the clock with datetime.datetime.utcnow",
        ),
        ("api/cases.py", "from time import time\nfield(default_factory=time)", "reads the clock with time.time"),
        ("store/log.py", "connection.commit()", "commits"),
        ("domain/utils.py", "", "a name that says nothing"),
        ("store/base/log.py", "", "a name that says nothing"),
        ("calendar.py", "", "shadows the standard library's calendar"),
        ("app.py", "x = 1\n" * 301, "302 lines"),
        ("app.py", "def f():\n" + "    x = 1\n" * 60, "f has 61 lines"),
        ("app.py", "@d\n@e\ndef f():\n" + "    x = 1\n" * 58, "f has 61 lines"),
        ("engine/tick.py", "try: f()\nexcept Exception: pass", "catches every exception 1 times"),
        ("engine/tick.py", "try: f()\nexcept: pass", "catches every exception 1 times"),
        ("engine/handle.py", "try: f()\nexcept Exception: pass\n" * 2, "catches every exception 2 times"),
        ("engine/tick.py", "try: f()\nexcept (ValueError, BaseException): pass", "catches every exception 1 times"),
    ],
)
def test_a_broken_rule_is_found(path, source, fault):
    found = faults(path, f'"""Kept."""\n{source}')
    assert found == [f"{path}: {fault}"]


def test_a_missing_docstring_is_found():
    assert faults("domain/case.py", "x = 1") == ["domain/case.py: no module docstring"]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("domain/case.py", "import re, msgspec\nfrom service.domain import money\nfrom . import money"),
        ("engine/tick.py", "from service.store import log\nimport time\ntime.time()\nconnection.commit()"),
        ("api/guards.py", "from datetime import UTC, datetime\ndatetime.now(UTC)"),
        ("api/cases.py", "from service.engine import handle\nclock.now()\nimport time\ntime.monotonic()"),
        ("app.py", "from service.api import cases\nfrom service import settings, engine\nconnection.commit()"),
        ("postgres/keeper.py", "import time\ntime.time()"),
        ("engine/handle.py", "try: f()\nexcept Exception: pass"),
    ],
)
def test_what_is_allowed_passes(path, source):
    assert faults(path, f'"""Kept."""\n{source}') == []


@pytest.mark.parametrize(
    "text",
    ["see https://" + "pypi" + ".org/x", "files.python" + "hosted.org", f"cd {SLASH}work/main", f"{SLASH}home/ann/x"],
)
def test_a_foreign_trace_is_found(text):
    assert traces(text)


@pytest.mark.parametrize("text", ["GET /v1/work/1", "a/root/b", "/var/lib/dunlog", "the home/work balance"])
def test_innocent_text_passes(text):
    assert traces(text) == []
