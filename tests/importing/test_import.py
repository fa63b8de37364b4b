"""`dunlog import`: a file's rows become what the ERP's events would have made, once, whatever stops it on the way."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from service.engine.handle import handle
from service.importing import command
from service.importing import run as importing
from service.importing.command import Asked
from service.importing.mapping import MapMistake
from service.provision import create_tenant
from service.runtime import Runtime, opened
from service.settings import Settings, load
from tests.chaos.clocks import SECRET_KEY
from tests.chaos.processes import rows
from tests.journeys.proof import prove

NOW = datetime.fromisoformat("2014-02-03T09:00:00+08:00")
HEADER = "No,Customer,Issued,Due,Amount,Paid"
MAP = """import: 1
source: erp/table
events:
  - type: invoice.issued
    id: "i-{No}"
    data: {invoice: "{No}", customer: "{Customer}", currency: CNY, amount: {$amount: Amount},
           issued_on: {$date: Issued}, due_on: {$date: Due}}
  - type: payment.received
    id: "p-{No}"
    when: Paid
    data: {payment: "P-{No}", customer: "{Customer}", currency: CNY, amount: {$amount: Amount}, received_on: {$date: Paid},
           allocations: [{invoice: "{No}", amount: {$amount: Amount}}]}
"""


@pytest.fixture(scope="module")
def settings(database: str) -> Settings:
    return load(database_url=database, secret_key=SECRET_KEY)


@pytest.fixture(scope="module")
def runtime(settings: Settings) -> Iterator[Runtime]:
    with opened(settings) as runtime:
        yield runtime


class Desk:
    """A folder with files, and a sandbox to take them in."""

    def __init__(self, settings: Settings, runtime: Runtime, folder: Path, tenant: str, said: Any) -> None:
        self.settings, self.runtime, self.folder, self.tenant, self._said = settings, runtime, folder, tenant, said
        create_tenant(runtime, tenant, sandbox=True, now=NOW)
        (folder / "map.yaml").write_text(MAP)

    def table(self, *lines: str, name: str = "bills.csv") -> Path:
        file = self.folder / name
        file.write_text("\n".join([HEADER, *lines]) + "\n")
        return file

    def take(self, file: Path, map: str | None = None, **asked: Any) -> tuple[int, dict[str, Any]]:
        """The exit code and what was said, as JSON."""
        usual = {"dry_run": False, "rejected": None, "anew": False, "user": "import", "language": "en", "as_json": True}
        if map is None and file.suffix != ".ndjson":
            map = str(self.folder / "map.yaml")
        code = command.run(self.settings, Asked(file, self.tenant, map, **{**usual, **asked}))
        return code, json.loads(self._said.readouterr().out)

    def cases(self, tenant: str | None = None) -> list[tuple[Any, ...]]:
        sql = "SELECT id, customer, version, state::text FROM cases WHERE tenant = %s ORDER BY id"
        return rows(self.runtime.url, sql, tenant or self.tenant)

    def events(self) -> int:
        ((count,),) = rows(
            self.runtime.url, "SELECT count(*) FROM events WHERE tenant = %s AND stream <> 'tenant'", self.tenant
        )
        return int(count)


@pytest.fixture
def desk(settings: Settings, runtime: Runtime, tmp_path: Path, request: pytest.FixtureRequest, capsys: Any) -> Desk:
    return Desk(settings, runtime, tmp_path, f"t{abs(hash(request.node.name)):x}"[:30], capsys)


def bills(count: int) -> list[str]:
    return [
        f"B-{n},C-{n % 7},2013-12-01,2014-01-{n % 28 + 1:02},{n + 1}.50,{'2014-01-20' if n % 3 else ''}"
        for n in range(count)
    ]


def test_the_shipped_history_by_csv_makes_the_cases_that_its_events_make(desk: Desk, tmp_path: Path):
    file = tmp_path / "history.csv"
    file.write_bytes((Path(command.__file__).parents[1] / "demo" / "history.csv").read_bytes())
    code, told = desk.take(file, "accounts-receivable")
    assert (code, told["rows"], told["accepted"], told["rejected"]) == (0, 2466, 4932, 0)
    events = []
    for row in csv.DictReader(file.read_text().splitlines()):
        days = {
            name: str(datetime.strptime(row[name], "%m/%d/%Y").date())  # noqa: DTZ007 - a date, no instant
            for name in ("InvoiceDate", "DueDate", "SettledDate")
        }
        bill, customer, money = (
            row["invoiceNumber"],
            row["customerID"],
            {"amount": row["InvoiceAmount"], "currency": "USD"},
        )
        events.append(
            event(
                "i",
                "invoice.issued",
                invoice=bill,
                customer=customer,
                issued_on=days["InvoiceDate"],
                due_on=days["DueDate"],
                **money,
            )
        )
        paid = [{"invoice": bill, "amount": row["InvoiceAmount"]}]
        events.append(
            event(
                "p",
                "payment.received",
                payment=f"P-{bill}",
                customer=customer,
                received_on=days["SettledDate"],
                allocations=paid,
                **money,
            )
        )
    twin = Desk(desk.settings, desk.runtime, tmp_path, f"{desk.tenant}-x", desk._said)
    lines = tmp_path / "history.ndjson"
    lines.write_text("".join(json.dumps(one) + "\n" for one in events))
    code, told = twin.take(lines)
    assert (code, told["accepted"]) == (0, 4932)
    assert desk.cases() == twin.cases()
    prove(desk.runtime, desk.tenant)


def event(kind: str, type: str, **data: Any) -> dict[str, Any]:
    id = f"{kind}-{data.get('invoice') or data.get('payment')}"
    return {"specversion": "1.0", "id": id, "source": "erp/lines", "type": type, "data": data}


def test_the_same_file_again_changes_nothing(desk: Desk):
    file = desk.table(*bills(20))
    desk.take(file)
    before = desk.events()
    code, told = desk.take(file)
    assert (code, told["accepted"], told["duplicate"]) == (
        0,
        0,
        told["events"]["invoice.issued"] + told["events"]["payment.received"],
    )
    assert desk.events() == before
    assert not list(desk.folder.glob("*.place"))


def test_a_rejected_row_stands_with_its_reason_and_once_mended_is_taken(desk: Desk):
    good, bad = "B-1,C-1,2013-12-01,2014-01-01,10.00,", "B-2,C-1,2013-12-01,2014-01-01,ten,"
    code, told = desk.take(desk.table(good, bad, "B-3,C-1,2014-01-05,2014-01-01,10.00,"))
    assert (code, told["accepted"], told["rejected"]) == (1, 1, 2)
    assert told["rejected_as"] == {"cell_no_amount": 1, "due_before_issued": 1}
    rejected = Path(told["rejected_file"])
    amount, due = csv.DictReader(rejected.read_text().splitlines())
    assert (amount["No"], amount["rejected_line"], amount["rejected_event"]) == ("B-2", "3", "")
    assert "“ten” is no amount" in amount["rejected_why"] and "/Amount" in amount["rejected_why"]
    assert (due["No"], due["rejected_line"], due["rejected_event"]) == ("B-3", "4", "invoice.issued")
    mended = desk.folder / "mended.csv"
    mended.write_text(rejected.read_text().replace("ten", "20.00").replace("2014-01-05", "2013-12-05"))
    assert desk.take(mended)[1]["accepted"] == 2
    assert [case[0] for case in desk.cases()] == ["B-1", "B-2", "B-3"]
    assert not mended.with_name("mended.rejected.csv").exists()


def test_rejected_lines_of_events_can_be_imported_as_they_stand(desk: Desk):
    paid = event("p", "payment.received", payment="P", customer="C-1", amount="1.00", currency="CNY",
                 received_on="2014-01-01", allocations=[{"invoice": "B-9", "amount": "1.00"}])  # fmt: skip
    file = desk.folder / "events.ndjson"
    file.write_text(json.dumps(paid) + "\nno json\n\n" + '{"x": "' + "y" * 70_000 + '"}\n')
    code, told = desk.take(file)
    assert (code, told["rejected"]) == (1, 3)
    payment, text, long = (json.loads(line) for line in Path(told["rejected_file"]).read_text().splitlines())
    assert payment["id"] == "p-P" and payment["rejectedline"] == 1 and payment["rejectedwhy"]
    assert (text["rejectedline"], text["text"]) == (2, "no json")
    assert (long["rejectedline"], long["rejectedcode"]) == (4, "line_too_long")
    desk.take(desk.table("B-9,C-1,2013-12-01,2014-01-01,10.00,"))
    again = desk.folder / "again.ndjson"
    again.write_text(json.dumps(payment) + "\n")
    assert desk.take(again)[1]["accepted"] == 1


def test_a_dry_run_finds_what_cannot_be_read_and_changes_nothing(desk: Desk):
    file = desk.table(*bills(1200), "B-X,C-1,soon,2014-01-01,10.00,")
    code, told = desk.take(file, dry_run=True)
    assert (code, told["rows"], told["accepted"], told["rejected"]) == (1, 1201, 0, 1)
    assert told["events"]["invoice.issued"] == 1200
    assert "soon" in Path(told["rejected_file"]).read_text()
    assert desk.events() == 0 and desk.cases() == []


class Stop(Exception):
    """The machine goes down."""


def test_what_stopped_half_way_goes_on_there(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    file = desk.table("B-X,C-1,soon,2014-01-01,10.00,", *bills(1800))
    calls = 0

    def failing(*given: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Stop
        return handle(*given)

    with monkeypatch.context() as patched:
        patched.setattr(importing, "handle", failing)
        with pytest.raises(Stop):
            desk.take(file)
    ((taken,),) = rows(desk.runtime.url, "SELECT count(*) FROM cases WHERE tenant = %s", desk.tenant)
    assert 0 < taken < 1800
    code, told = desk.take(file)
    assert told["rows"] == 1801 - 1000 and told["duplicate"] == 0
    assert len(desk.cases()) == 1800
    assert Path(file.with_name("bills.rejected.csv")).read_text().count("soon") == 1
    assert code == 0
    prove(desk.runtime, desk.tenant)


def test_another_file_of_the_same_name_begins_at_its_first_row(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    file = desk.table(*bills(1500))
    with monkeypatch.context() as patched:
        patched.setattr("service.importing.place.Place.forget", _stop)
        with pytest.raises(Stop):
            desk.take(file)
    assert list(desk.folder.glob("*.place"))
    desk.table(*[line.replace("B-", "D-") for line in bills(1500)])
    assert desk.take(file)[1]["rows"] == 1500


def _stop(_: object) -> None:
    raise Stop


def test_killed_again_and_again_nothing_is_lost_and_nothing_doubles(desk: Desk):
    file = desk.table(*bills(3000))
    environment = {**os.environ, "DATABASE_URL": desk.runtime.url, "DUNLOG_SECRET_KEY": SECRET_KEY}
    line = [
        sys.executable,
        "-m",
        "service",
        "import",
        str(file),
        "--tenant",
        desk.tenant,
        "--map",
        str(desk.folder / "map.yaml"),
    ]
    killed, code = 0, None
    while code is None or code < 0:
        process = subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        mark = len(desk.cases()) + 500
        while killed < 3 and process.poll() is None:
            if len(desk.cases()) >= mark:
                process.send_signal(signal.SIGKILL)
                killed += 1
                break
            time.sleep(0.01)
        process.communicate()
        code = process.returncode
    assert code == 0 and killed  # as often as it was there to be killed
    assert len(desk.cases()) == 3000
    ((payments,),) = rows(desk.runtime.url, "SELECT count(*) FROM payments WHERE tenant = %s", desk.tenant)
    assert payments == sum(1 for line in bills(3000) if not line.endswith(","))
    prove(desk.runtime, desk.tenant)


def test_a_workbook_with_real_days_and_numbers(desk: Desk):
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER.split(","))
    sheet.append([101, "C-1", date(2013, 12, 1), datetime(2014, 1, 1), 1234.5, None])  # noqa: DTZ001
    sheet.append([102, "C-1", "2013-12-01", "2014-01-01", 0.1 + 0.2, date(2014, 1, 3)])
    file = desk.folder / "bills.xlsx"
    book.save(file)
    code, told = desk.take(file)
    assert (code, told["accepted"], told["rejected_as"]) == (0, 3, {}), told
    found = rows(
        desk.runtime.url, "SELECT id, amount, due_on::text FROM cases WHERE tenant = %s ORDER BY id", desk.tenant
    )
    assert found == [("101", 123450, "2014-01-01"), ("102", 30, "2014-01-01")]


def test_files_of_other_programs(desk: Desk):
    """Semicolons, decimal commas, a byte order mark, a cell of several lines, Chinese in GB 18030."""
    german = MAP.replace("source:", 'delimiter: ";"\ndecimal: ","\ndates: "%d.%m.%Y"\nsource:')
    (desk.folder / "map.yaml").write_text(german)
    file = desk.folder / "german.csv"
    file.write_bytes(
        '\ufeffNo;Customer;Issued;Due;Amount;Paid;Note\r\nG-1;C-1;01.12.2013;01.01.2014;1.234,50;;"two\r\nlines"\r\nG-2;C-1;x;;;;\r\n'.encode()
    )
    code, told = desk.take(file)
    assert (code, told["accepted"]) == (1, 1)
    assert next(csv.DictReader(Path(told["rejected_file"]).read_text().splitlines()))["rejected_line"] == "4"
    (desk.folder / "map.yaml").write_text(
        MAP.replace("source:", "encoding: gb18030\nsource:").replace("{Customer}", "{客户}")
    )
    file = desk.folder / "chinese.csv"
    file.write_bytes("No,客户,Issued,Due,Amount,Paid\nZ-1,C-2,2013-12-01,2014-01-01,5,\n".encode("gb18030"))
    assert desk.take(file)[1]["accepted"] == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda desk: desk.table(name="x.csv").write_text("No,Due\n"),
            "the map names columns that are not there: Amount, Customer",
        ),
        (lambda desk: (desk.folder / "map.yaml").write_text("x"), "map.yaml:1"),
        (lambda desk: (desk.folder / "x.csv").unlink(), "There is no file"),
        (
            lambda desk: (desk.folder / "x.csv").write_bytes((HEADER + "\nB-1,\xff,,,,\n").encode("latin-1")),
            "Set encoding in the map",
        ),
    ],
    ids=("columns", "map", "file", "encoding"),
)
def test_what_cannot_be_read_at_all_is_one_line(desk: Desk, change: Any, said: str):
    file = desk.table("B-1,C-1,2013-12-01,2014-01-01,10.00,", name="x.csv")
    change(desk)
    with pytest.raises(MapMistake) as caught:
        desk.take(file)
    assert said in str(caught.value)


def test_the_log_says_who_imported_it(desk: Desk):
    desk.take(desk.table("B-1,C-1,2013-12-01,2014-01-01,10.00,"), user="li.na")
    sql = "SELECT meta->>'actor', meta->>'source' FROM events WHERE tenant = %s AND type = 'invoice.issued'"
    assert rows(desk.runtime.url, sql, desk.tenant) == [("li.na", "erp/table")]
