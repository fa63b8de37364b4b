"""Letters become documents: printed when nobody is locked, kept with their words, and with their hash in the log."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from secrets import token_hex
from typing import Any

import msgspec
import structlog
from msgspec import Struct
from msgspec.structs import replace

from service.domain.commands import KeepLetter, SetLetterAside
from service.domain.events.tenant import TemplatePublished
from service.domain.scene import CLOCKWORK
from service.domain.tenant import TemplateInForce
from service.engine.administer import STREAM
from service.engine.asks import Ask
from service.engine.desk import Session
from service.engine.handle import InternalError, handle_within
from service.engine.statements import STATEMENT
from service.printing.press import Unprintable, legible, pdf
from service.store import documents, links, sayings
from service.store.database import Tx
from service.store.inbox import Identity
from service.words.letters import Letter
from service.words.paper import page_of, paper
from service.words.templates import MESSAGE, Template, known_messages

_log = structlog.get_logger()


class _Sheet(Struct, frozen=True):
    """What is to be printed: its data, and their hash."""

    message: Mapping[str, Any]
    data: dict[str, Any]
    on: date
    digest: str
    kind: str
    page: str
    template_version: int


def template(tx: Tx, one: TemplateInForce) -> Template | None:
    """The company's own texts; None when ours hold."""
    event = links.event(tx, STREAM, one.place) if one.own else None
    return msgspec.convert(event.texts, Template) if isinstance(event, TemplatePublished) and event.texts else None


class Papers:
    """The letters among the messages of one round: those printed already, and those that are wanted."""

    def __init__(self) -> None:
        self._stored: dict[str, str] = {}
        self._templates: dict[str, tuple[Template, int]] = {}
        self._wanted: dict[str, _Sheet] = {}
        self._printed: dict[str, tuple[_Sheet, bytes]] = {}
        self._held: list[tuple[_Sheet, bytes]] = []
        self._enclosed: set[str] = set()
        self._unprintable: list[Mapping[str, Any]] = []

    def look(self, session: Session, letters: Sequence[Mapping[str, Any]], has_messages: bool) -> None:
        """What is kept of the letters, and the company's own templates for their kinds and for messages."""
        self._held, self._enclosed = [], set()
        self._stored = documents.sheets(session.tx, [one["id"] for one in letters])
        kinds = {one["kind"] for one in letters} | {STATEMENT} if letters else set()
        kinds |= {f"{MESSAGE}{name}" for name in known_messages()} if has_messages else set()
        self._templates = {
            name: (found, one.version)
            for name, one in session.tenancy.tenant.templates.items()
            if name.partition("/")[2] in kinds and (found := template(session.tx, one))
        }

    def dressed(self, letter: Letter) -> Letter:
        """The letter in the company's own words, where there are such."""
        if letter.kind:
            own, version = self._templates.get(f"{letter.language}/{letter.kind}", (None, 0))
            return replace(letter, template=own, template_version=version) if own else letter
        begins = f"{letter.language}/{MESSAGE}"
        found = {name.removeprefix(begins): own for name, (own, _) in self._templates.items() if name.startswith(begins)}
        return replace(letter, own=found) if found else letter

    def encloses(self, message: str) -> bool:
        """Whether a document goes with a message of this round."""
        return message in self._enclosed

    def hold(self, message: Mapping[str, Any], letter: Letter) -> bool:
        """Whether the letter has been printed as it is now; else it is wanted."""
        id = message["id"]
        data = paper(letter, id)
        digest = sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
        self._enclosed.add(id)
        if self._stored.get(id) == digest:
            return True
        if id in self._printed and self._printed[id][0].digest == digest:
            self._held.append(self._printed[id])
            return True
        self._wanted[id] = _Sheet(
            message, data, letter.today, digest, letter.kind or "", page_of(letter), letter.template_version
        )
        return False

    def print_wanted(self) -> set[str]:
        """Print them; which were printed. A letter does not leave with anything less than it says: one that no font shows in
        full is left out. What a mail only encloses has stand-ins."""
        wanted, self._wanted = self._wanted, {}
        for id, sheet in wanted.items():
            # without a word that nobody can guess, the hash in the log would confirm guesses at a person who was erased
            data = {**sheet.data, "keywords": [token_hex(16)]}
            press = pdf if sheet.message["channel"] == "letter" else legible
            try:
                self._printed[id] = sheet, press(sheet.page, data, on=sheet.on)
            except Unprintable as lacking:
                _log.warning("letter_set_aside", message=id, lacking=str(lacking))
                self._unprintable.append(sheet.message)
        return wanted.keys() & self._printed.keys()

    @property
    def unprintable(self) -> list[str]:
        """The letters left out."""
        return [one["id"] for one in self._unprintable]

    def tell_unprintable(self, session: Session) -> None:
        """Of each of them somebody is told, once."""
        bills = _bills(session, self.unprintable)
        asks = [
            Ask(
                command=SetLetterAside(customer=one["customer"], letter=one["id"], cases=bills[one["id"]]),
                asker=CLOCKWORK,
                identity=Identity(CLOCKWORK.source, f"{one['id']}/unprintable", b""),
            )
            for one in self._unprintable
        ]
        if any(done.refused for done in handle_within(session, asks)):
            raise InternalError("internal_error")

    def keep(self, session: Session) -> None:
        """Those printed since, with their hash in the log; their words have just been kept, their customers are locked."""
        if not self._held:
            return
        kept = [
            documents.Printed(sheet.message["id"], sheet.message["customer"], sheet.digest, body, sha256(body).hexdigest())
            for sheet, body in self._held
        ]
        documents.put(session.tx, kept, session.scene.now)
        bills = _bills(session, [one.message for one in kept])
        asks = [
            Ask(
                command=KeepLetter(
                    customer=one.customer,
                    letter=one.message,
                    kind=sheet.kind,
                    cases=bills[one.message],
                    sha256=one.sha256,
                    template_version=sheet.template_version,
                ),
                asker=CLOCKWORK,
            )
            for one, (sheet, _) in zip(kept, self._held, strict=True)
        ]
        if any(done.status != "accepted" for done in handle_within(session, asks)):
            raise InternalError("internal_error")
        self._held = []


def _bills(session: Session, letters: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """By letter, those of which it speaks."""
    lines = sayings.bills(session.tx, letters)
    return {id: tuple(sorted({one["case_id"] for one in lines[id] if not one["struck"]})) for id in letters}
