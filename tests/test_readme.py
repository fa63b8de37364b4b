"""The README stays true: its commands, addresses, settings, playbook words and snippets are those of the code."""

import json
import re
import shlex
from typing import Any, get_args

import pytest
import typer

from service.api import cloudevents
from service.app import drawn
from service.cli import app
from service.domain import grammar, reading, reliability
from service.domain.case import LEVELS, STAGES
from service.domain.deeds import DEEDS
from service.domain.playbook import Channel, Message, Playbook, TaskWanted
from service.domain.wanted import Conditions
from service.settings import PREFIX, Settings, variable
from service.store.playbook_text import check
from tests.examples import SHIPPED
from tests.test_house import ROOT

README = (ROOT / "README.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PATHS: dict[str, Any] = drawn().openapi()["paths"]
SECTIONS = (
    "Two commands",
    "Five minutes",
    "Posting events from an ERP",
    "Receiving webhooks",
    "Playbooks",
    "Operating",
    "How far one machine goes, and what then",
    "Decisions",
)
METHODS = "GET|POST|PUT|PATCH|DELETE"


def section(title: str) -> str:
    """The text under a heading."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found, f"README.md lacks the section “## {title}”."
    return found.group(1)


def blocks(text: str, *languages: str) -> list[str]:
    """The fenced blocks in these languages, "" for those without one."""
    found = re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [body for language, body in found if language in languages]


def spans(text: str) -> list[str]:
    """Code inside sentences, on one line each."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", prose)]


@pytest.mark.parametrize("title", SECTIONS)
def test_the_section_is_there_and_says_something(title):
    assert len(section(title).split()) > 20, f"“## {title}” in README.md is nearly empty."


# Commands


def _commands() -> list[str]:
    lines = "\n".join(blocks(README, "sh", "bash", "console", "")).replace("\\\n", " ").splitlines()
    in_blocks = [line.removeprefix("$ ") for line in lines if re.match(r"(\$ )?(\S+=\S+ )*dunlog ", line)]
    return [*in_blocks, *(code for code in spans(README) if code.startswith("dunlog "))]


@pytest.mark.parametrize("line", _commands())
def test_every_command_exists_with_its_options(line):
    words = shlex.split(line, comments=True)
    words = words[words.index("dunlog") + 1 :]
    for stop in ("|", ">", "&&", "&", ";"):
        words = words[: words.index(stop)] if stop in words else words
    command: Any = typer.main.get_command(app)
    while hasattr(command, "commands") and words:
        assert words[0] in command.commands, f"{line!r}: there is no command {words[0]!r}"
        command = command.commands[words.pop(0)]
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    unknown = [word for word in words if word.startswith("-") and word.partition("=")[0] not in options | {"--help"}]
    assert not unknown, f"{line!r}: {command.name} has no {', '.join(unknown)}"
    if line not in spans(README):
        command.make_context(command.name, list(words))  # raises for a missing or a superfluous argument


def test_every_command_is_told():
    command: Any = typer.main.get_command(app)
    told = {" ".join(re.split(r"[^a-z ]", line.partition("dunlog ")[2])[0].split()) for line in _commands()}
    missing = [
        path
        for name, one in command.commands.items()
        for path in ([f"{name} {inner}" for inner in one.commands] if hasattr(one, "commands") else [name])
        if not any(said == path or said.startswith(f"{path} ") for said in told)
    ]
    assert not missing, f"README.md does not mention: {', '.join('dunlog ' + path for path in missing)}"


def test_every_target_of_make_exists():
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    told = set(
        re.findall(
            r"\bmake ([a-z]+)\b", " ".join([*spans(README), *re.findall(r"^    (make.*)$", README, re.MULTILINE)])
        )
    )
    assert told <= targets, f"the Makefile has no {', '.join(sorted(told - targets))}"
    assert {"run", "test"} <= told


def test_the_ci_runs_the_test_command_of_the_readme():
    found = re.search(r"^ *(make test)\b", section("Two commands"), re.MULTILINE)
    assert found, "“## Two commands” in README.md does not show `make test`."
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    assert re.search(rf"^{found.group(1)}\b", ci, re.MULTILINE), f".ci/run does not call {found.group(1)}"


# Addresses


def _is(template: str, path: str) -> bool:
    wanted, given = template.split("/"), path.split("/")
    return len(wanted) == len(given) and all(w.startswith("{") or w == g for w, g in zip(wanted, given, strict=True))


def _addresses() -> set[tuple[str, str]]:
    text = re.sub(r"\s+", " ", README.replace("\\\n", " "))
    found = re.findall(rf"(?:\b({METHODS}) )?[\w.:$\x7b\x7d/]*?(/v1/[\w/.{{}}$-]+)", text)
    return {(method.lower(), re.sub(r"\$\w+", "{}", path).rstrip("./-")) for method, path in found}


@pytest.mark.parametrize(("method", "path"), sorted(_addresses()))
def test_every_address_exists(method, path):
    templates = [template for template in PATHS if _is(template, path)]
    assert templates, f"README.md names {path}, which is not in openapi/dunlog.json"
    if method:
        assert any(method in PATHS[template] for template in templates), f"{path} has no {method.upper()}"


def test_every_event_that_is_posted_is_read():
    bodies = re.findall(r"/v1/events[^']*?-d '(.*?)'", "\n".join(blocks(README, "sh")), re.DOTALL)
    assert bodies, "README.md shows no event that is posted with curl."
    for body in bodies:
        parsed = cloudevents.parse_body("application/json", {}, body.encode())
        assert [one.error for one in parsed.events if one.error] == [], body


# Settings


def test_every_setting_is_told_and_no_other():
    known = {variable(field) for field in Settings.model_fields}
    told = set(re.findall(rf"\b(?:{PREFIX}[A-Z][A-Z_]*[A-Z]|DATABASE_URL)\b", README))
    assert not told - known, f"there is no setting {', '.join(sorted(told - known))}"
    assert not known - told, f"README.md does not describe {', '.join(sorted(known - told))}"


# Playbooks

STARTS = reading.FACTS | reading.NAMED | {"every_day", "day_of_month", "weekday"}
FIELDS = {
    name
    for shape in (grammar._RawPlaybook, grammar._RawLadder, grammar._RawStep)
    for name in shape.__struct_encode_fields__
}
CONDITIONS = set(Conditions.__struct_fields__)
ENDS = {"due", "closed", "confirmed", "level"}
DETAILS = {
    *reading._AT,
    *grammar.SELECTIONS,
    *(value for values in grammar.SELECTIONS.values() for value in values),
    *Message.__struct_encode_fields__,
    *TaskWanted.__struct_encode_fields__,
    *(
        "again first granted remind_open_days audience text at_most_every due without_progress now one none"
        " case customer tenant"
    ).split(),
    *("shipments credit_stop hand_over statement owner true false previous_month open_bills overdue_bills").split(),
    *(*STAGES, *LEVELS, *reading.SEGMENTS, *reading.AUDIENCES, *reading.CONTACT_ROLES, *reading.OUTCOMES),
    *(*reading.TASK_KINDS, *reading.REQUEST_KINDS, *reading.LETTERS, *reading.RECORD_FIELDS, *reading.POINTS),
    *(*reading.PARAMETERS, *reading.CYCLES, *get_args(Channel), "confirms_late", "pays_late"),
    *reliability.WORDS,
}
"""Words that stand inside steps, conditions and actions."""

NAMES_OF_PLAYBOOKS = set(SHIPPED)
CHOICES = {"playbook", "segment_playbooks"}


def _words(text: str) -> set[str]:
    code = "\n".join([*spans(text), *blocks(text, "yaml")])
    return set(re.findall(r"\b[a-z][a-z_]*\b", re.sub(r"#.*", "", code)))


@pytest.mark.parametrize(
    ("what", "words"),
    [("actions", set(DEEDS)), ("conditions", CONDITIONS), ("starts", set(STARTS)), ("fields", FIELDS), ("ends", ENDS)],
)
def test_every_word_of_the_grammar_is_told(what, words):
    missing = words - _words(section("Playbooks"))
    assert not missing, f"“## Playbooks” in README.md does not mention these {what}: {', '.join(sorted(missing))}"


def test_every_word_that_is_told_is_of_the_grammar():
    told = {code.rstrip(":") for code in spans(section("Playbooks"))}
    words = {code for code in told if re.fullmatch(r"[a-z][a-z_]*", code)}
    unknown = words - set(DEEDS) - CONDITIONS - STARTS - FIELDS - ENDS - DETAILS - NAMES_OF_PLAYBOOKS - CHOICES
    assert not unknown, f"the grammar does not know: {', '.join(sorted(unknown))}"


def test_every_playbook_shown_is_valid():
    shown = [text for text in blocks(section("Playbooks"), "yaml") if text.startswith("grammar:")]
    assert shown, "“## Playbooks” in README.md shows no whole playbook (beginning with “grammar: 1”)."
    for text in shown:
        name = re.search(r"^name: (\S+)", text, re.MULTILINE)
        found = check(text, name.group(1) if name else "", 1)
        assert isinstance(found, Playbook), found


# Snippets


@pytest.mark.parametrize("snippet", blocks(README, "python"))
def test_every_snippet_of_python_compiles(snippet):
    compile(snippet, "README.md", "exec")


def test_every_snippet_of_json_is_json():
    for snippet in blocks(README, "json"):
        json.loads(snippet)
