"""A customer gets one e-mail and one call a day, however many bills ask for it (C3, C6, C7, C10, C11, T4)."""

import pytest

from tests.journeys.company import days, local

FIVE = [f"I-{n}" for n in range(1, 6)]


def owing(company, *bills, due="2026-03-12", **customer):
    """A customer whose bills need no confirmation: D-7 is Thursday, 5 March."""
    made = company("2026-03-02T08:00:00+08:00")
    made.customer(**{"confirmation_required": False, "collector": "li.na", **customer})
    for bill in bills:
        made.bill(bill, "2026-03-02", due)
    return made


def sent(company, **params):
    """(day and time, contact, bills) of every message that went."""
    return [
        (f"{local(m['at']):%m-%d %H:%M}", m["contact"], m["cases"])
        for m in company.messages(**params)
        if m["state"] == "captured"
    ]


def text_of(company, day, **params):
    """The text of the one message of a day."""
    (found,) = [m for m in company.messages(**params) if f"{local(m['at']):%m-%d}" == day]
    return company.get(f"/v1/messages/{found['id']}")["text"]


def test_C3_five_bills_due_on_one_day_make_one_mail_and_one_call(company):
    told = owing(company, *FIVE)
    told.walk("2026-03-05")
    assert sent(told) == [("03-05 09:00", "ap", FIVE)]
    (message,) = told.messages()
    (task,) = told.tasks(customer="C-1")
    assert (task["kind"], sorted(task["cases"]), task["role"], task["owner"]) == ("call", FIVE, "collector", "li.na")
    for bill in FIVE:
        mail, call = told.log(bill, "case.reminded")
        assert (mail["data"]["message"], mail["data"]["bills"]) == (message["id"], 5)
        assert (call["data"]["task"], call["data"]["channel"]) == (task["id"], "phone")
    told.walk("2026-03-13")  # D+1
    assert sent(told)[1:] == [("03-13 09:00", "ap", FIVE)]


def test_C3_a_bill_that_falls_due_after_the_days_mail_waits_for_the_next_open_day(company):
    told = owing(company, "I-1")
    told.bill("I-2", "2026-03-02", "2026-03-12", confirmation_required=True)
    told.bill("I-3", "2026-03-02", "2026-03-12", confirmation_required=True)
    told.walk("2026-03-05", "08:30")
    told.say("invoice.confirmed", invoice="I-2", confirmed_on="2026-03-05")
    told.walk("2026-03-05", "10:00")
    told.say("invoice.confirmed", invoice="I-3", confirmed_on="2026-03-05")
    told.walk("2026-03-06")
    assert sent(told) == [
        ("03-04 09:00", "ap", ["I-2", "I-3"]),
        ("03-05 09:00", "ap", ["I-1", "I-2"]),
        ("03-06 09:00", "ap", ["I-3"]),
    ]
    assert told.reminded("I-3", "B1") == "03-05"  # decided then; it leaves on the 6th
    (call,) = told.tasks(kind="call", state="open")
    assert sorted(call["cases"]) == ["I-1", "I-2", "I-3"]


def test_C3_other_overdue_bills_are_listed_as_also_open(company):
    told = owing(company, "I-1")
    told.bill("I-0", "2026-02-02", "2026-03-03")
    told.walk("2026-03-05")
    assert sent(told)[-1] == ("03-05 09:00", "ap", ["I-1"])
    text = text_of(told, "03-05")
    assert text.index("I-1") < text.index("Also open") < text.index("I-0")


def test_C3_sections_and_currencies_each_with_their_total(company):
    told = owing(company)
    bank = {"payee": "Dunlog Trading", "bank": "ICBC Shanghai", "account": "CN-111"}
    told.choose(banks={"CNY": bank, "USD": {**bank, "account": "US-222"}}, company="Dunlog Trading")
    told.bill("I-1", "2026-03-02", "2026-03-04", amount="1200.50")
    told.bill("I-2", "2026-03-02", "2026-03-04", amount="800.00", currency="USD")
    told.bill("I-3", "2026-03-02", "2026-03-12", amount="70.00")
    told.bill("I-4", "2026-03-03", "2026-04-30", amount="9.00", confirmation_required=True)
    told.walk("2026-03-05")
    text = text_of(told, "03-05")
    overdue, soon, confirm = (text.index(word) for word in ("I-1", "I-3", "I-4"))
    assert overdue < text.index("I-2") < soon < confirm  # the severest first
    assert all(total in text for total in ("1,200.50", "800.00", "70.00", "9.00"))
    assert "CN-111" in text and "US-222" in text
    (message,) = [m for m in told.messages() if "I-3" in m["cases"]]
    assert "overdue" in message["subject"].lower()


def test_C11_from_level_manager_both_contacts_are_written_to(company):
    told = owing(company, "I-1", due="2026-03-03")
    told.walk("2026-04-10")
    by_day: dict[str, list[str]] = {}
    for moment, contact, _ in sent(told):
        by_day.setdefault(moment[:5], []).append(contact)
    assert told.escalated("I-1")[-1] == "04-03 manager"
    assert by_day["04-03"] == ["ap"]
    assert sorted(by_day["04-10"]) == ["ap", "cfo"]


def test_C11_without_anybody_to_write_to_a_person_is_looked_for_and_the_rest_goes_on(company):
    nobody = [{"id": "door", "name": "Reception", "email": "door@c-1.example"}]  # may not receive details (C7)
    told = owing(company, "I-1", "I-2", due="2026-03-03", contacts=nobody)
    told.walk("2026-03-17")
    assert sent(told) == []
    assert {s.split(" ", 2)[2] for s in told.skipped("I-1", "overdue-first-week")} == {"no_contact"}
    (search,) = told.tasks(kind="find_contact")
    assert (search["customer"], search["rule"][0], sorted(search["cases"])) == ("C-1", "B", ["I-1", "I-2"])
    assert told.escalated("I-1") == ["03-17 supervisor"]
    person = {"name": "Zhao Min", "email": "zhao@c-1.example", "role": "accounts_payable"}
    told.do("collector", "/v1/customers/C-1/contacts", {"id": "zhao", **person}, 201)
    told.walk("2026-03-18")
    assert sent(told) == [("03-18 09:00", "zhao", ["I-1", "I-2"])]


def test_C7_a_person_marked_as_gone_is_not_written_to(company):
    told = owing(company, "I-1")
    told.ask("collector", "PATCH", "/v1/customers/C-1/contacts", {"id": "ap", "mark": "left"})
    told.walk("2026-03-05")
    assert sent(told) == [("03-05 09:00", "cfo", ["I-1"])]


@pytest.mark.parametrize(
    ("zone", "leaves"),
    [
        ("Asia/Shanghai", "03-05 09:00"),
        ("Europe/Berlin", "03-05 16:00"),
        ("America/New_York", "03-05 22:00"),
        ("Pacific/Auckland", "03-05 09:00"),  # two in the afternoon there
    ],
)
def test_T4_the_customers_own_zone_moves_only_the_window(company, zone, leaves):
    told = owing(company, "I-1", time_zone=zone)
    told.walk("2026-03-06", "08:00")
    assert sent(told) == [(leaves, "ap", ["I-1"])]
    assert days(told.log("I-1", "case.reminded")) == "03-05"


def test_C3_a_service_message_does_not_wait_for_the_next_day(company):
    told = owing(company, "I-1")
    told.walk("2026-03-05", "10:00")
    sending = {"number": "T-1", "courier": "SF", "tracking": "SF77"}
    told.say("tax_invoice.dispatched", invoice="I-1", on="2026-03-05", **sending)
    told.walk("2026-03-05")
    assert sent(told) == [("03-05 09:00", "ap", ["I-1"]), ("03-05 10:00", "ap", ["I-1"])]
    assert "SF77" in told.messages()[-1]["text"]


def test_C3_a_letter_replaces_that_days_mail_for_its_bills(company):
    told = company("2026-06-01T08:00:00+08:00")
    told.customer(confirmation_required=False)
    told.bill("OLD", "2026-01-05", "2026-01-31")
    told.bill("NEW", "2026-06-01", "2026-06-21")
    told.walk("2026-06-08")
    told.grant("hold", "C-1")
    told.walk("2026-06-21")
    told.grant("letter", "C-1")  # on a Sunday evening
    told.walk("2026-06-22")
    assert told.reminded("OLD", "B3").split()[-1] == "06-22"
    on_monday = [m for m in told.messages() if m["at"] and f"{local(m['at']):%m-%d}" == "06-22"]
    by_channel = {(m["channel"], m["contact"]): m["cases"] for m in on_monday if m["state"] == "captured"}
    assert {cases[0] for (channel, _), cases in by_channel.items() if channel == "letter"} == {"OLD"}
    assert by_channel["email", "ap"] == ["NEW"]
    assert "OLD" not in next(m["text"] for m in on_monday if m["channel"] == "email" and m["state"] == "captured")


PERSON = {"id": "ap", "email": "li@c-1.example", "role": "accounts_payable"}
BANK = {"payee": "Dunlog Trading", "bank": "ICBC Shanghai", "account": "6222-0001"}
COLLECTOR = {"role": "collector", "name": "Chen Jie", "title": "Collector", "phone": "+86 21 5555 0100"}


@pytest.mark.parametrize(
    ("language", "contact", "expected"),
    [
        (
            "en",
            {"name": "Anna Berg", "salutation": "Ms", "title": "Accountant"},
            [
                "Dear Ms Anna Berg",
                "I-1",
                "CNY 1,200.50",
                "12 March 2026",
                "whole amount",
                "Dunlog Trading",
                "6222-0001",
            ],
        ),
        (
            "zh",
            {"name": "张伟", "salutation": "先生", "title": "财务经理"},
            ["张伟先生", "I-1", "1,200.50", "2026年3月12日", "全额", "Dunlog Trading", "6222-0001"],
        ),
    ],
)
def test_C6_the_text_names_people_bills_sums_days_and_where_to_pay(company, language, contact, expected):
    told = owing(company, language=language, contacts=[{**PERSON, **contact}], name="C-1 Ltd")
    told.choose(banks={"CNY": BANK}, company="Dunlog Trading")
    assert told.ask("admin", "PUT", "/v1/users/li.na", COLLECTOR).is_success
    told.bill("I-1", "2026-03-02", "2026-03-12", amount="1200.50")
    told.walk("2026-03-13")
    text = text_of(told, "03-13")
    assert [part for part in expected if part not in text] == [], text
    assert "Chen Jie" in text and "5555 0100" in text and len(text.splitlines()) < 40
    assert "confirm" not in text and "确认" not in text  # nobody had to confirm it
