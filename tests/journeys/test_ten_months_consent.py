"""The boss is asked, refuses, agrees; deliveries stop and go on again: rules B8, B9, B10 and E4 with the ERP listening."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.journeys.company import Company, day_of, days, moment_of
from tests.journeys.receiver import Receiver
from tests.journeys.ten_months import Diary
from tests.patience import eventually

DUE = {"E-1": "01-31", "E-2": "02-05", "E-3": "02-17", "E-4": "03-10"}


@pytest.fixture(scope="module")
def erp() -> Iterator[Receiver]:
    """The ERP's webhook receiver."""
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(scope="module")
def managers() -> Iterator[Receiver]:
    """The managers' webhook receiver."""
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(scope="module")
def told(founded: Callable[..., Company], erp: Receiver, managers: Receiver) -> Company:
    """The company after the story: END owes four bills, SLOW one."""
    company = founded("2026-01-05T08:00:00+08:00")
    listen(company, erp, types=["hold.*"])
    listen(company, managers, types=["notice.raised", "approval.*"], audience="manager")
    diary = Diary(company)
    stopping(diary)
    letters(diary)
    releasing(diary)
    company.live(diary.entries, "2026-11-05")
    return company


def listen(company: Company, receiver: Receiver, **endpoint: Any) -> None:
    made = company.do("admin", "/v1/webhook-endpoints", {"url": receiver.url, **endpoint})
    receiver.secrets.append(made["secret"])


def stopping(diary: Diary) -> None:
    """END's deliveries stop on 27 May, after a first no; what stood before and after is kept."""
    company = diary.company
    company.customer("END", confirmation_required=False, collector="li.na", credit_limit="10000.00", currency="CNY")
    for invoice, due in DUE.items():
        diary.bill(invoice, "END", "01-05", due)
    diary.do("05-12 11:00", lambda: company.reject("hold", "END", "They pay after their fair."))
    diary.do("05-27 17:59", lambda: may_ship(company, True))
    diary.do("05-27 18:00", lambda: company.grant("hold", "END"))
    diary.do("05-27 18:01", lambda: may_ship(company, False))
    diary.do("06-01 10:00", lambda: acknowledge(company, "hold.acknowledged"))


def letters(diary: Diary) -> None:
    """The letters are agreed to on 3 June, the lawyer's on 3 July, after a no."""
    company = diary.company
    diary.do("06-03 10:00", lambda: company.grant("letter", "END"))
    diary.do("06-18 10:00", lambda: company.reject("lawyer_letter", "END", "Wait for the fair."))
    diary.do("06-18 10:00", lambda: company.reject("letter", "END", "One letter is enough."))
    diary.do("07-03 10:00", lambda: company.grant("lawyer_letter", "END"))


def releasing(diary: Diary) -> None:
    """END pays on 3 and 10 August; SLOW, whose deliveries stopped on 6 May, on 12 August, when release is automatic."""
    company = diary.company
    company.customer("SLOW", confirmation_required=False)
    diary.bill("S-1", "SLOW", "01-05", "01-31")
    diary.do("05-06 10:00", lambda: company.grant("hold", "SLOW"))
    for n, invoice in enumerate(("E-1", "E-2", "E-3")):
        diary.pay("08-03 10:00", f"P-{n}", "END", "1000.00", invoice)
    diary.pay("08-10 18:00", "P-4", "END", "1000.00", "E-4")
    diary.do("08-11 10:00", lambda: company.grant("release", "END"))
    diary.do("08-11 11:00", lambda: acknowledge(company, "hold.release_acknowledged"))
    diary.do("08-12 07:00", lambda: company.choose(automatic_release=True))
    diary.pay("08-12 08:00", "P-5", "SLOW", "1000.00")


def may_ship(company: Company, answer: bool) -> None:
    assert company.get("/v1/customers/END/credit", "erp")["may_ship"] is answer


def acknowledge(company: Company, type: str) -> None:
    applied = next(e for e in company.feed("hold.applied") if e["data"]["customer"] == "END")
    company.say(type, customer="END", hold=applied["data"]["hold"])


def requests(company: Company, kind: str, customer: str = "END") -> dict[str, list[str]]:
    """The days of a kind's requests, with the bills that each was first about."""
    found = company.feed("approval.requested", customer=customer)
    return {day_of(e): e["data"]["cases"] for e in found if e["data"]["kind"] == kind}


def state_of(company: Company, kind: str) -> list[tuple[str, str]]:
    found = company.all("/v1/approvals", kind=kind, customer="END")
    return [(one["state"], (one["previous"] or {}).get("reason", "")) for one in found]


# B8


def test_B8_one_request_that_later_bills_join_asked_again_two_weeks_after_a_no(told):
    assert requests(told, "hold") == {"04-30": ["E-1"], "05-26": ["E-1", "E-2", "E-3"]}
    joined = [(day_of(e), e["data"]["cases"]) for e in told.feed("approval.joined") if e["data"]["cases"]]
    assert ("05-06", ["E-2"]) in joined
    assert state_of(told, "hold") == [("rejected", ""), ("granted", "They pay after their fair.")]


def test_B8_an_unanswered_request_reminds_its_role_every_three_open_days(told):
    hold, letters = "05-08 05-12", "05-22 05-27 06-01"
    again = "07-07 07-10 07-15 07-20 07-23 07-28 07-31 08-05 08-10"
    expected = [f"{day} boss" for day in f"{hold} {letters} {again}".split()]
    assert [day for day in told.notices("request_unanswered", "END") if day.endswith("boss")] == expected


@pytest.mark.parametrize(
    ("case", "day"), [("E-1", "05-27 hold"), ("E-2", "05-27 hold"), ("E-3", "05-27 hold"), ("E-4", "06-10 hold")]
)
def test_B8_the_bills_behind_the_grant_and_later_ones_stand_at_hold(told, case, day):
    assert day in told.escalated(case)


def test_B8_the_hold_is_at_once_and_customer_sales_and_warehouse_hear_in_the_next_window(told):
    (applied,) = told.feed("hold.applied", customer="END")
    assert moment_of(applied) == "05-27 18:00"
    assert told.notices("hold_applied", "END")[0] == "05-28 sales,warehouse"
    on_day = [m for m in told.messages(customer="END") if m["at"] and m["at"].startswith("2026-05-28")]
    assert {m["contact"] for m in on_day if "deliver" in m["text"].lower()} == {"ap", "cfo"}


def test_B8_the_erp_hears_by_webhook_and_its_silence_is_told_to_the_manager(told, erp, managers):
    eventually(lambda: erp.types().count("hold.released") == 2)
    assert erp.types().count("hold.applied") == 2
    bodies = [bodies[0]["data"] for bodies in erp.taken.values() if bodies[0]["type"] == "hold.applied"]
    assert {body["customer"]["id"] for body in bodies} == {"END", "SLOW"}
    assert told.notices("hold_unacknowledged", "END") == ["05-28 manager"]
    eventually(lambda: "notice.raised" in managers.types())
    heard = [bodies[0]["data"] for bodies in managers.taken.values()]
    assert all("manager" in one["audience"] for one in heard)
    assert "hold_unacknowledged" in {one.get("text") for one in heard}


# B9


def test_B9_a_week_after_the_first_answer_the_letters_are_asked_for(told):
    assert requests(told, "letter") == {"05-19": ["E-1", "E-2", "E-3"], "06-17": ["E-4"], "07-02": ["E-4"]}
    issued = [(e["data"]["kind"], e["data"]["cases"]) for e in told.feed("letter.issued", customer="END")]
    formal = ["E-1", "E-2", "E-3"]
    assert issued == [("formal_dunning", formal), ("reconciliation", formal), ("lawyer", formal)]
    assert "06-03 formal" in told.escalated("E-1")


def test_B9_the_letters_went_to_somebody_with_the_amounts(told):
    letters = [m for m in told.messages(customer="END") if m["channel"] == "letter"]
    assert [m["at"][5:10] for m in letters] == ["06-03", "06-03", "07-03"]
    for letter in letters:
        text = told.get(f"/v1/letters/{letter['id']}")["text"]
        assert all(part in text for part in ("E-1", "E-2", "E-3", "3,000.00", "2026"))


def test_B9_two_weeks_later_the_lawyers_letter_asked_again_after_a_no(told):
    assert requests(told, "lawyer_letter") == {"06-17": ["E-1", "E-2", "E-3"], "07-02": ["E-1", "E-2", "E-3"]}
    assert state_of(told, "lawyer_letter") == [("rejected", ""), ("granted", "Wait for the fair.")]
    assert "07-03 legal" in told.escalated("E-1")


def test_B9_then_legal_decides_and_the_ladder_ends(told):
    tasks = told.tasks(kind="legal", customer="END")
    assert {(t["cases"][0], t["created_at"][5:10], t["state"]) for t in tasks} == {
        (case, "07-17", "cancelled") for case in ("E-1", "E-2", "E-3")
    }
    assert told.reminded("E-1").split()[-1] <= "07-03"
    assert told.reminded("E-4").split()[-1] > "07-20"


# B10


def test_B10_payment_ends_everything_and_the_last_bill_behind_the_hold_proposes_its_release(told):
    assert [moment_of(e) for e in told.log("E-1", "case.closed")] == ["08-03 10:00"]
    assert requests(told, "release") == {"08-10": []}
    assert state_of(told, "letter")[-1][0] == "cancelled"
    assert [task["kind"] for task in told.tasks(customer="END", state="open")] == ["review"]  # of the customer (E2)
    (released,) = told.feed("hold.released", customer="END")
    assert (moment_of(released), released["data"]["why"]) == ("08-11 10:00", "granted")
    assert days(told.feed("hold.release_acknowledged", customer="END")) == "08-11"
    may_ship(told, True)


def test_B10_released_at_once_when_the_tenant_chose_so(told):
    (released,) = told.feed("hold.released", customer="SLOW")
    assert (moment_of(released), released["data"]["why"]) == ("08-12 08:00", "paid")
