"""Bills of many kinds live through ten months together: rules A1-A12 and B1-B7 on their days around China's holidays."""

from collections.abc import Callable

import pytest

from tests.journeys.company import Company, day_of, local, moment_of
from tests.journeys.ten_months import BEGINS, live_through, open_days


@pytest.fixture(scope="module")
def told(founded: Callable[..., Company]) -> Company:
    """The company after its ten months."""
    company = founded(BEGINS)
    live_through(company)
    return company


# A1-A5: customers billed by the month


def test_A1_on_the_6th_the_supervisor_is_told_who_has_no_bill(told):
    raised = [e for e in told.feed("notice.raised") if e["data"]["text"] == "bills_missing"]
    who = {day_of(e): sorted(e["data"]["customers"]) for e in raised}
    only = ["MISSING"]
    both = ["MISSING", "MONTH"]
    assert who == {
        **{"01-06": only, "02-06": only, "03-06": only, "04-07": only},  # 4-6 April is Qingming
        **dict.fromkeys(("05-06", "06-08", "07-06", "08-06", "09-07", "10-08", "11-06"), both),
    }
    assert {(e["data"]["rule"], *e["data"]["audience"]) for e in raised} == {("A1", "supervisor")}


def test_A2_on_the_9th_the_supervisor_is_told_of_a_bill_not_sent(told):
    assert told.notices("bill_unsent") == ["02-09 supervisor"]
    assert told.notices("bill_unsent", case="M-JAN") == ["02-09 supervisor"]


def test_A3_on_the_21st_the_supervisor_is_told_of_an_unconfirmed_bill(told):
    assert told.notices("unconfirmed", case="M-DEC") == ["01-21 supervisor"]
    assert told.escalated("M-DEC") == ["01-22 supervisor"]
    assert told.notices("unconfirmed", case="M-JAN") == ["02-24 supervisor"]  # the 21st is a holiday
    assert told.escalated("M-FEB") == ["03-19 supervisor"]
    assert told.notices("unconfirmed", case="M-FEB") == []  # A8 told already
    assert told.skipped("M-FEB", "unconfirmed-by-the-20th") == ["03-23 unconfirmed-by-the-20th exception"]


def test_A4_finance_gets_a_task_with_the_day_by_which_the_tax_invoice_is_due(told):
    due = {task["cases"][0]: (task["due_on"], task["state"]) for task in told.tasks(kind="finance", customer="MONTH")}
    assert due == {
        "M-DEC": ("2026-02-28", "completed"),
        "M-JAN": ("2026-03-08", "completed"),
        "M-FEB": ("2026-04-05", "open"),
        "M-MAR": ("2026-04-30", "completed"),
    }
    (confirmed,) = told.log("M-DEC", "invoice.confirmed")
    assert confirmed["data"]["has_tax_details"] is True


@pytest.mark.parametrize(
    ("case", "days"),
    [("M-DEC", ["03-02"]), ("M-JAN", ["03-09"]), ("M-FEB", ["04-07"]), ("M-MAR", [])],
)
def test_A4_the_next_day_finance_and_supervisor_are_told_of_a_missing_one(told, case, days):
    assert told.notices("tax_invoice_missing", case=case) == [f"{day} finance,supervisor" for day in days]


def test_A5_the_customer_is_told_of_the_dispatch_and_later_messages_repeat_it(told):
    assert told.reminded("M-JAN", "A5") == "03-12"
    saying = [m["at"][5:10] for m in told.messages(case="M-JAN") if "SF1234567" in (m["text"] or "")]
    assert saying[:3] == ["03-12", "04-03", "04-13"]


def test_A5_seven_days_before_D_finance_and_supervisor_hear_of_one_not_dispatched(told):
    assert told.notices("tax_invoice_not_dispatched", case="M-DEC") == ["04-23 finance,supervisor"]
    assert told.notices("tax_invoice_not_dispatched", case="M-JAN") == []


# A6-A12: confirmation


def test_A6_A7_A8_an_unconfirmed_bill(told):
    assert told.reminded("O-1", "A6") == told.reminded("O-1", "A6", channel="phone") == "01-14 01-16 01-19"
    assert told.reminded("O-1", "A7") == told.reminded("O-1", "A7", channel="phone") == open_days("01-20", "03-02")
    assert told.escalated("O-1")[0] == "01-26 supervisor"


@pytest.mark.parametrize(
    ("case", "first", "daily", "escalated"),
    [
        ("M-JAN", "02-12 02-14 02-24", "02-24 02-25", "02-24"),
        ("MAY-1", "04-27 04-29", "05-06 05-07 05-08 05-09 05-11", "05-07"),
    ],
)
def test_A6_A7_A8_around_holidays_and_their_make_up_days(told, case, first, daily, escalated):
    assert (told.reminded(case, "A6"), told.reminded(case, "A7")) == (first, daily)
    assert told.escalated(case)[0] == f"{escalated} supervisor"


def test_A9_a_bill_settled_against_proof_of_delivery(told):
    (collect,) = told.tasks(kind="pod", customer="POD")
    assert (collect["created_at"][:10], collect["due_on"]) == ("2026-02-02", "2026-02-20")
    assert collect["state"] == "completed"
    assert told.notices("pod_incomplete", case="P-1") == ["02-24 supervisor"]  # the 21st is a holiday
    assert (told.reminded("P-1", "A6", "A7"), told.notices("unconfirmed", case="P-1")) == ("", [])
    assert told.reminded("P-1", "A9") == told.reminded("P-1", "A9", channel="phone") == open_days("03-05", "04-07")
    assert told.escalated("P-1")[0] == "03-18 supervisor"


def test_A10_who_confirms_late_by_habit_is_visited_once_a_week(told):
    assert told.reminded("H-3", channel="phone") == told.reminded("H-3", "A6") == "03-04 03-06 03-09"
    assert told.reminded("H-3", "A7") == open_days("03-10", "03-25")
    assert told.reminded("H-3", "A10", channel="visit") == "03-10 03-17"
    first, second = sorted(told.tasks(kind="visit", customer="HABIT"), key=lambda task: task["created_at"])
    assert (first["role"], first["state"]) == ("collector", "completed")
    assert (second["role"], second["state"]) == ("supervisor", "cancelled")  # confirmed on the 26th


def test_A11_confirmation_ends_A_and_sets_the_level_back(told):
    changed = told.log("M-JAN", "case.stage_changed")[-1]
    assert (changed["data"]["stage"], changed["data"]["level"]) == ("collection", "none")
    assert told.escalated("M-JAN")[:2] == ["02-24 supervisor", "04-24 supervisor"]  # each stage has its own ladder


def test_A11_unconfirmed_on_D_the_bill_is_collected_all_the_same_and_still_to_be_confirmed(told):
    changed = told.log("O-1", "case.stage_changed")[0]
    assert (moment_of(changed), changed["data"]["stage"]) == ("03-03 00:00", "collection")
    asking = {m["at"][5:10]: m["text"] for m in told.messages(case="O-1") if m["at"]}
    assert "confirm" in asking["03-09"].lower()
    assert "confirm" not in asking["03-16"].lower()
    assert told.skipped("O-1", "due-soon") == ["03-03 due-soon too_late"]


def test_A12_a_corrected_bill_starts_anew(told):
    assert told.reminded("F-1", "A6") == "01-21 01-23 01-26 02-05 02-09"
    assert told.reminded("F-1", "A7") == f"{open_days('01-27', '02-03')} {open_days('02-11', '02-24')}"
    assert told.escalated("F-1")[:2] == ["02-02 supervisor", "02-24 supervisor"]
    (issued,), (amended,) = told.log("F-1", "invoice.issued"), told.log("F-1", "invoice.amended")
    assert (issued["data"]["amount"], amended["data"]["amount"]) == ("1000.00", "900.00")
    assert told.get("/v1/cases/F-1")["amount"] == "900.00"


# B1-B7: collection


@pytest.mark.parametrize(
    ("case", "days"),
    [
        ("SF-22", "02-14"),  # no open day from D-7 to D: the last one before, a Saturday worked
        ("SF-23", "02-14"),
        ("SF-24", "02-24"),
        ("SF-25", "02-24"),
        ("MAY-2", "05-06"),
        ("U-8", "09-01"),
        ("M-JAN", "04-03"),
        ("B-1", "03-18"),  # confirmed between D-7 and D
        ("B-2", ""),  # confirmed after D
    ],
)
def test_B1_one_reminder_before_D(told, case, days):
    assert told.reminded(case, "B1") == told.reminded(case, "B1", channel="phone") == days


@pytest.mark.parametrize(
    ("case", "first_week", "daily"),
    [
        ("O-1", "03-03 03-05 03-09", open_days("03-10", "04-02")),
        ("E-1", "02-02 02-03 02-05 02-09", open_days("02-09", "02-28")),
        ("M-JAN", "04-13 04-15 04-17", open_days("04-20", "05-11")),
        ("U-8", "09-09 09-11 09-14 09-15", open_days("09-16", "10-08")),
        ("U-29", "09-30 10-08", open_days("10-08", "10-29")),
    ],
)
def test_B2_B3_the_first_week_then_daily_until_a_manager_has_it(told, case, first_week, daily):
    assert told.reminded(case, "B2") == told.reminded(case, "B2", channel="phone") == first_week
    until = daily[-5:]
    assert [day for day in told.reminded(case, "B3").split() if day <= until] == daily.split()


def test_B3_then_weekly_from_the_managers_day(told):
    april = "03-09 03-16 03-23 03-30 04-07 04-13 04-20 04-27 05-06 05-09 05-18 05-25 06-01"
    weekly = [day for day in told.reminded("E-1", "B3").split() if day > "02-28"]
    assert weekly[:13] == april.split()
    october = [day for day in weekly if "09-15" < day < "11-01"]
    assert october == "09-20 09-28 10-08 10-10 10-19 10-26".split()


def test_B2_the_first_weeks_mail_forwards_finances_own_list(told):
    watched = {m["at"][5:10]: m["text"] for m in told.messages(case="E-1") if m["at"]}
    assert "finance" in watched["02-02"].lower()
    assert "finance" not in watched["03-09"].lower()


@pytest.mark.parametrize(
    ("case", "day"), [("E-1", "02-14"), ("M-JAN", "04-24"), ("W-2", "03-17"), ("W-1", "03-24"), ("U-8", "09-22")]
)
def test_B4_two_weeks_without_progress(told, case, day):
    assert f"{day} supervisor" in told.escalated(case)


def test_B4_a_level_already_reached_is_logged_and_tells_nobody(told):
    assert told.skipped("O-1", "overdue-supervisor") == ["03-26 overdue-supervisor level_reached"]
    assert [level for level in told.escalated("O-1") if "supervisor" in level] == ["01-26 supervisor"]


def test_B5_who_pays_late_by_habit_is_visited(told):
    assert told.reminded("L-3", channel="phone") == "02-24 03-04 03-06 03-09 03-10"
    assert told.reminded("L-3", "B5", channel="visit") == "03-11"
    assert told.reminded("L-3", "B3") == open_days("03-11", "03-19")


@pytest.mark.parametrize(
    ("case", "manager", "general_manager"),
    [("E-1", "02-28", "03-31"), ("O-1", "04-02", "05-06"), ("M-JAN", "05-11", "06-10"), ("U-8", "10-08", "11-09")],
)
def test_B6_B7_after_one_month_the_manager_after_two_the_general_manager(told, case, manager, general_manager):
    levels = told.escalated(case)
    assert f"{manager} manager" in levels
    assert f"{general_manager} general_manager" in levels
    assert manager in " ".join(told.notices("overdue_one_month", case=case))
    assert general_manager in " ".join(told.notices("overdue_two_months", case=case))
    assists = {(t["role"], t["created_at"][5:10]) for t in told.tasks(kind="assist") if t["cases"] == [case]}
    assert assists == {("manager", manager), ("general_manager", general_manager)}


def test_T5_an_event_says_when_it_fired_and_when_it_was_due(told):
    moved = next(e for e in told.log("E-1", "case.reminded") if e["data"]["rule"] == "B2")
    assert moment_of(moved) == "02-02 09:00"
    assert f"{local(moved['data']['due_at']):%m-%d %H:%M}" == "02-02 09:00"


def test_B10_a_paid_bill_is_left_alone(told):
    after = [e for e in told.log("L-3", "case.reminded") if e["occurred_at"] > "2026-03-20"]
    assert after == []
    assert told.get("/v1/cases/L-3")["closed_as"] == "paid"
