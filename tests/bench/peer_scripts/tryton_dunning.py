"""Dunnings a second that Tryton creates and processes: so many posted receivables of fifth as many parties, each of which rises
one level with every run, by its own wizards and without a letter or a mail."""

import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

warnings.simplefilter("ignore")

NEEDS = "trytond, proteus"
ASKED = json.loads(sys.argv[1])
URI = "postgresql://{user}:none@/?host={host}&port={port}".format(**ASKED)
DATABASE = ASKED["dbname"]
os.environ["TRYTOND_DATABASE_URI"] = URI  # read when Tryton is imported
DUE = date(2026, 6, 30)
LEVEL_DAYS = 15
TERM = timedelta(30)
AT_ONCE = 200


def _new_database() -> None:
    """The modules, by Tryton's own administration."""
    with tempfile.NamedTemporaryFile("w") as password:
        password.write("a-long-password-for-nobody")
        password.flush()
        administration = str(Path(sys.executable).parent / "trytond-admin")
        command = [administration, "-d", DATABASE, "-u", "account_dunning"]
        command += ["--activate-dependencies", "--email", "admin@example.com"]
        environment = os.environ | {"TRYTONPASSFILE": password.name}
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _company(levels: int) -> None:
    """A company with its chart, fiscal years and a procedure, by the tools of Tryton's own scenarios."""
    from proteus import Model, config
    from trytond.modules.account.tests.tools import create_chart, create_fiscalyear
    from trytond.modules.company.tests.tools import create_company

    config.set_trytond(f"postgresql://{ASKED['user']}:none@/{DATABASE}?host={ASKED['host']}&port={ASKED['port']}")
    create_company()
    create_chart()
    year = create_fiscalyear(today=(date(2026, 1, 1), date(2026, 12, 31)))
    year.click("create_period")
    procedure = Model.get("account.dunning.procedure")(name="bench")
    for n in range(levels):
        level = procedure.levels.new()
        level.sequence, level.overdue = n + 1, timedelta(LEVEL_DAYS * n)
    procedure.save()


class Tryton:
    """The server in this process, as its administrator."""

    def __init__(self) -> None:
        from trytond import config

        config.set("database", "uri", URI)
        from trytond.pool import Pool
        from trytond.transaction import Transaction

        Pool.start()
        self.pool = Pool(DATABASE)
        self.pool.init()
        self._transaction = Transaction
        with Transaction().start(DATABASE, 0, readonly=True):
            (user,) = self.pool.get("res.user").search([("login", "=", "admin")])
            self._user = user.id
        with Transaction().start(DATABASE, self._user, readonly=True):
            self._context = dict(self.pool.get("res.user").get_preferences(True))

    def run(self, work, **context):
        """In a transaction; again with the table locks that it asks for, as Tryton's dispatcher does."""
        from trytond.transaction import TransactionError

        extras: dict = {}
        while True:
            with self._transaction().start(DATABASE, self._user, context=self._context | context, **extras) as transaction:
                try:
                    return work()
                except TransactionError as error:
                    transaction.rollback()
                    transaction.tasks.clear()
                    error.fix(extras)

    def load(self, lines: int) -> None:
        """Posted invoices' moves, all due on the same day."""
        get = self.pool.get

        def parties() -> list[int]:
            (procedure,) = get("account.dunning.procedure").search([("name", "=", "bench")])
            values = [{"name": f"Buyer {n}", "dunning_procedure": procedure.id} for n in range(max(1, lines // 5))]
            return [party.id for party in get("party.party").create(values)]

        def moves(numbers: range, parties: list[int]) -> None:
            account, day = get("account.account"), DUE - TERM
            (receivable,) = account.search([("type.receivable", "=", True), ("closed", "!=", True)], limit=1)
            (revenue,) = account.search([("type.revenue", "=", True), ("closed", "!=", True)], limit=1)
            (journal,) = get("account.journal").search([("code", "=", "REV")])
            periods = get("account.period").search([("start_date", "<=", day), ("end_date", ">=", day)])
            common = {"period": periods[0].id, "journal": journal.id, "date": day, "company": self._context["company"]}
            values = []
            for n in numbers:
                amount = Decimal(1000 + n % 997)
                owed = {"account": receivable.id, "debit": amount, "credit": Decimal(0), "maturity_date": DUE}
                earned = {"account": revenue.id, "credit": amount, "debit": Decimal(0)}
                both = [earned, owed | {"party": parties[n % len(parties)]}]
                values.append(common | {"lines": [("create", both)]})
            move = get("account.move")
            move.post(move.create(values))

        found = self.run(parties)
        for start in range(0, lines, AT_ONCE):
            self.run(lambda start=start: moves(range(start, min(lines, start + AT_ONCE)), found))

    def dun(self, day: date) -> tuple[int, float]:
        """One run of both wizards: how many dunnings were processed, in how many seconds."""
        began = time.perf_counter()
        companies = self._context.get("companies") or [self._context["company"]]
        self.run(lambda: self._wizard("account.dunning.create", {"start": {"date": day, "companies": companies}}, "create_"))
        drafts = self.run(lambda: [one.id for one in self.pool.get("account.dunning").search([("state", "=", "draft")])])
        named = {"active_model": "account.dunning", "active_id": drafts[0], "active_ids": drafts}
        self.run(lambda: self._wizard("account.dunning.process", {"start": {}}, "process"), **named)
        return len(drafts), time.perf_counter() - began

    def _wizard(self, name: str, data: dict, state: str) -> None:
        wizard = self.pool.get(name, type="wizard")
        session, _, _ = wizard.create()
        wizard.execute(session, data, state)
        wizard.delete(session)


def main() -> None:
    repeats, lines = ASKED["repeats"], ASKED["lines"]
    if len(sys.argv) > 2:
        _company(repeats + 1)
        return
    _new_database()
    subprocess.run([sys.executable, __file__, sys.argv[1], "company"], check=True)
    tryton = Tryton()
    tryton.load(lines)
    runs = [tryton.dun(DUE + timedelta(LEVEL_DAYS * n)) for n in range(repeats + 1)][1:]
    assert all(count == lines for count, _ in runs), runs
    print(json.dumps([count / seconds for count, seconds in runs]))


if __name__ == "__main__":
    main()
