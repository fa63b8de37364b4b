"""Ten months of a company's receivables: what its ERP says, and what its people do, day by day."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from chinese_calendar import is_workday

from tests.journeys.company import Company

BEGINS, ENDS = "2026-01-05T08:00:00+08:00", "2026-11-10"

Entry = tuple[str, Callable[[], Any]]


def open_days(first: str, last: str) -> str:
    """The working days of 2026 from the first to the last, as an independent calendar has them."""
    day, end = date.fromisoformat(f"2026-{first}"), date.fromisoformat(f"2026-{last}")
    found = []
    while day <= end:
        found += [f"{day:%m-%d}"] if is_workday(day) else []
        day += timedelta(1)
    return " ".join(found)


class Diary:
    """What is said to the service on which day."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.entries: list[Entry] = []

    def on(self, day: str, type: str, invoice: str, **data: Any) -> None:
        """The ERP says something of a bill; `day` is `02-10` or `02-10 18:00`."""
        self.do(day, lambda: self.company.say(type, invoice=invoice, **data))

    def do(self, day: str, act: Callable[[], Any]) -> None:
        """Somebody does something."""
        self.entries.append((f"2026-{day}", act))

    def bill(self, invoice: str, customer: str, issued: str, due: str, **more: Any) -> None:
        """A bill goes out on a day."""
        facts = {"customer": customer, "issued_on": f"2026-{issued}", "due_on": f"2026-{due}"}
        self.on(issued, "invoice.issued", invoice, **{"amount": "1000.00", "currency": "CNY", **facts, **more})

    def confirm(self, day: str, *invoices: str) -> None:
        """The customer agrees to bills."""
        for invoice in invoices:
            self.on(day, "invoice.confirmed", invoice, confirmed_on=f"2026-{day[:5]}")

    def pay(self, day: str, payment: str, customer: str, amount: str, *invoices: str) -> None:
        """Money comes in, for the bills named or the oldest."""
        parts = [{"invoice": invoice, "amount": amount} for invoice in invoices]
        given = {"allocations": parts} if parts else {}
        self.do(day, lambda: self.company.pay(payment, amount, f"2026-{day[:5]}", customer, **given))


def live_through(company: Company) -> None:
    """The ten months."""
    diary = Diary(company)
    for chapter in (monthly, ordinary, corrected, delivered, habitual, around_holidays, overdue):
        chapter(diary)
    company.live(diary.entries, ENDS)


def monthly(diary: Diary) -> None:
    """MONTH is billed by the month, and so is MISSING, whose bills nobody writes; PLAIN is not."""
    for id in ("MONTH", "MISSING"):
        diary.company.customer(id, billing_cycle="monthly", collector="li.na")
    diary.company.customer("PLAIN")
    for invoice, period, submitted in (("M-DEC", "2025-12", "01-05"), ("M-JAN", "2026-01", "02-03")):
        more = {"customer": "MONTH", "amount": "1000.00", "currency": "CNY", "period": period}
        diary.on(submitted, "invoice.submitted", invoice, **more)
    diary.bill("M-DEC", "MONTH", "01-08", "04-30", period="2025-12")
    diary.bill("M-JAN", "MONTH", "02-10", "04-10", period="2026-01")
    diary.bill("M-FEB", "MONTH", "03-05", "12-31", period="2026-02")
    diary.bill("M-MAR", "MONTH", "04-03", "12-31", period="2026-03")
    details = {"title": "MONTH Ltd", "tax_id": "9131", "address": "Shanghai", "bank": "ICBC 1"}
    diary.on("02-10", "invoice.confirmed", "M-DEC", confirmed_on="2026-02-10", tax_invoice=details)
    diary.confirm("02-26", "M-JAN")
    diary.confirm("03-26", "M-FEB")
    diary.confirm("04-15", "M-MAR")
    diary.on("03-04", "tax_invoice.issued", "M-DEC", number="T-DEC", on="2026-03-04")
    diary.on("03-10", "tax_invoice.issued", "M-JAN", number="T-JAN", on="2026-03-10")
    sent = {"courier": "SF", "tracking": "SF1234567", "on": "2026-03-12"}
    diary.on("03-12 10:00", "tax_invoice.dispatched", "M-JAN", number="T-JAN", **sent)
    diary.on("04-28", "tax_invoice.issued", "M-MAR", number="T-MAR", on="2026-04-28")
    diary.pay("04-29", "P-DEC", "MONTH", "1000.00", "M-DEC")


def ordinary(diary: Diary) -> None:
    """O-1 stays unconfirmed past its due date, and unpaid to the end."""
    diary.company.customer("ORD", collector="li.na")
    diary.bill("O-1", "ORD", "01-12", "03-02")
    diary.confirm("03-12 18:00", "O-1")


def corrected(diary: Diary) -> None:
    """F-1 goes out anew with another amount; nobody had noticed for two weeks."""
    diary.company.customer("FIX")
    diary.bill("F-1", "FIX", "01-19", "06-30")
    diary.on("02-03 10:00", "invoice.amended", "F-1", amount="900.00", resent_on="2026-02-03", reason="price")
    diary.confirm("02-25", "F-1")


def delivered(diary: Diary) -> None:
    """POD settles against proofs of delivery, and that of P-1 comes late."""
    diary.company.customer("POD", settles_by_pod=True, collector="li.na")
    diary.bill("P-1", "POD", "02-02", "06-30", period="2026-01")
    diary.on("03-04", "pod.completed", "P-1", completed_on="2026-03-04")
    diary.confirm("04-08", "P-1")


def habitual(diary: Diary) -> None:
    """HABIT confirms late again and again; LATE pays late."""
    diary.company.customer("HABIT", collector="li.na")
    diary.bill("H-1", "HABIT", "01-05", "12-31")
    diary.bill("H-2", "HABIT", "01-12", "12-31")
    diary.bill("H-3", "HABIT", "03-02", "12-31")
    diary.confirm("01-28", "H-1")
    diary.confirm("02-03", "H-2")
    diary.do("03-12 10:00", lambda: diary.company.close("visit", "HABIT", "collector"))
    diary.confirm("03-26", "H-3")
    diary.company.customer("LATE", confirmation_required=False, collector="li.na")
    diary.bill("L-1", "LATE", "01-05", "01-20")
    diary.bill("L-2", "LATE", "01-06", "01-27")
    diary.bill("L-3", "LATE", "01-07", "03-03")
    diary.pay("02-10", "P-L1", "LATE", "1000.00", "L-1")
    diary.pay("02-10", "P-L2", "LATE", "1000.00", "L-2")
    diary.pay("03-20", "P-L3", "LATE", "1000.00", "L-3")


def around_holidays(diary: Diary) -> None:
    """Bills that fall due, or go out, around the long holidays."""
    diary.company.customer("SPRING", confirmation_required=False)
    for invoice, due in (("SF-22", "02-22"), ("SF-23", "02-23"), ("SF-24", "02-24"), ("SF-25", "02-25")):
        diary.bill(invoice, "SPRING", "01-05", due)
    diary.pay("02-26", "P-SF", "SPRING", "4000.00")
    diary.company.customer("BETWEEN")
    diary.bill("B-1", "BETWEEN", "03-10", "03-20")
    diary.bill("B-2", "BETWEEN", "03-10", "03-20")
    diary.confirm("03-17 18:00", "B-1")
    diary.confirm("03-23 18:00", "B-2")
    diary.pay("03-27", "P-B", "BETWEEN", "2000.00")
    diary.company.customer("MAY")
    diary.bill("MAY-1", "MAY", "04-23", "12-31")
    diary.confirm("05-12", "MAY-1")
    diary.bill("MAY-2", "MAY", "04-23", "05-12", confirmation_required=False)
    diary.pay("05-13", "P-MAY", "MAY", "1000.00", "MAY-2")
    diary.company.customer("AUTUMN", confirmation_required=False)
    diary.bill("U-8", "AUTUMN", "08-03", "09-08")
    diary.bill("U-29", "AUTUMN", "08-03", "09-29")


def overdue(diary: Diary) -> None:
    """END owes since the last day of January; WAIT pays a little at times."""
    diary.company.customer("END", confirmation_required=False, collector="li.na")
    diary.bill("E-1", "END", "01-05", "01-31")
    diary.company.customer("WAIT", confirmation_required=False)
    diary.bill("W-1", "WAIT", "02-02", "03-03")
    diary.bill("W-2", "WAIT", "02-02", "03-03")
    diary.pay("03-10", "P-W", "WAIT", "100.00", "W-1")
