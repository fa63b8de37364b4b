"""`dunlog import statement.xml`: the credits of a bank's message one by one, each as if finance had posted it."""

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from service.api.fingerprints import Fingerprints
from service.api.problems import of_refusal, rendered
from service.api.sheets import harmless
from service.channels.camt import Credit, Statement, StatementMistake, read
from service.domain.scene import Asker
from service.engine.banking import STATUSES, Cleared, clear, rehearse
from service.engine.desk import Desk
from service.importing.mapping import MapMistake
from service.store import tenants
from service.words.sentences import say

ENDINGS = (".xml", ".camt")
LEFT = ("unknown", "taken_back", "rejected")
"""What nobody has a task for: people must look."""

COLUMNS = ("id", "on", "amount", "currency", "payer", "reference", "text", "status", "code", "why")

Report = Callable[[int], None]
"""How many credits are done."""


class Sum(NamedTuple):
    """What came of the credits; `left` are those that nobody has a task for, with why."""

    counts: Counter[str]
    passed_over: int
    left: list[tuple[Cleared, str, str]]

    def told(self) -> dict[str, Any]:
        """As JSON."""
        counts = {status: self.counts[status] for status in STATUSES}
        return {"credits": self.counts.total(), **counts, "passed_over": self.passed_over}


def opened(file: Path, language: str) -> Statement:
    """What the message tells. Raises MapMistake for a file that is none."""
    try:
        return read(file.read_bytes())
    except StatementMistake as mistake:
        raise MapMistake(f"{file.name}: {say(mistake.code, language, where=mistake.where)}") from None


def run(
    desk: Desk, tenant: str, prints: Fingerprints, user: str, statement: Statement, dry_run: bool, report: Report, language: str
) -> Sum:
    """Each credit is durable before the next; one that was told before, by whichever way, changes nothing, so that a run
    which was stopped is simply begun anew. A dry run takes each as if it were the only one."""
    with desk.open(tenant) as session:
        fingerprint = prints.of(tenants.secret(session.tx))
    asker = Asker(actor=user, role="finance", source="import")

    def one(credit: Credit) -> Cleared:
        if dry_run:
            return rehearse(desk, tenant, credit)
        (cleared,) = clear(desk, tenant, asker, fingerprint, [credit])
        return cleared

    total = Sum(Counter(), statement.passed_over, [])
    for done, credit in enumerate(statement.credits, start=1):
        cleared = one(credit)
        total.counts[cleared.status] += 1
        if cleared.status in LEFT:
            total.left.append((cleared, *_why(cleared, language)))
        report(done)
    return total


def _why(cleared: Cleared, language: str) -> tuple[str, str]:
    if cleared.refused is None:
        code = f"credit.{cleared.status}"
        return code, say(code, language)
    problem = rendered(of_refusal(cleared.refused, in_event=True), language)
    return problem["code"], problem["detail"]


def keep(left: list[tuple[Cleared, str, str]], path: Path) -> None:
    """They stand in the file, which is none when there are none."""
    path.unlink(missing_ok=True)
    if not left:
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for cleared, code, why in left:
            credit = cleared.credit
            told = (credit.id, credit.on, credit.amount, credit.currency, credit.payer, credit.reference, credit.text)
            table.writerow([*(harmless("" if one is None else str(one)) for one in told), cleared.status, code, why])
