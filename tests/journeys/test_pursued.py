"""A claim to its end, through the API with the test clock: overdue, handed over, sued, recovered in part, written off, and paid
late after all (I1, J1, J2)."""

from functools import partial

from tests.journeys.company import Company, day_of
from tests.journeys.proof import prove


def agreed(company: Company, kind: str, role: str) -> None:
    """The open request of that kind is granted."""
    (asked,) = company.all("/v1/approvals", state="open", kind=kind)
    assert asked["role"] == role
    company.do(role, f"/v1/approvals/{asked['id']}/grant")


def to_lawyer(company: Company) -> None:
    body = {"to": "lawyer", "name": "Blue Sky Law Firm", "reason": "No answer since March.", "cases": ["I-1"]}
    company.do("legal", "/v1/customers/C-1/hand-over", body, status=202)


def reached(company: Company, milestone: str) -> None:
    company.do("legal", "/v1/cases/I-1/milestones", {"milestone": milestone})


def cost(company: Company, kind: str, amount: str) -> None:
    company.do("legal", "/v1/cases/I-1/costs", {"kind": kind, "amount": amount})


def test_from_overdue_to_a_late_recovery(company, runtime):
    told = company("2026-03-02T08:00:00+08:00")
    told.customer(confirmation_required=False)
    told.choose(write_off_limits={"manager": {"CNY": "500.00"}})
    told.bill("I-1", "2026-03-02", "2026-03-12")
    told.bill("I-2", "2026-03-02", "2026-03-12", amount="200.00")
    hearing = {"what": "hearing", "on": "2026-07-08"}
    told.live(
        [
            ("2026-04-20 08:00", partial(to_lawyer, told)),
            ("2026-04-20 08:30", partial(agreed, told, "hand_over", "manager")),
            ("2026-04-30", partial(told.pay, "P-0", "200.00", "2026-04-30", allocations=[part("I-2", "200.00")])),
            ("2026-05-18", partial(reached, told, "mediation")),
            ("2026-06-01", partial(reached, told, "filed")),
            ("2026-06-01 10:00", partial(cost, told, "court_fee", "50.00")),
            ("2026-06-02", partial(told.do, "legal", "/v1/cases/I-1/deadlines", hearing)),
            ("2026-06-03", partial(reached, told, "preserved")),
            ("2026-07-08 17:00", partial(reached, told, "hearing")),
            ("2026-08-05", partial(reached, told, "judgment")),
            ("2026-09-01", partial(reached, told, "enforcement")),
            ("2026-10-12", partial(told.pay, "P-1", "600.00", "2026-10-12", allocations=[part("I-1", "600.00")])),
            ("2026-10-12 10:00", partial(reached, told, "recovered")),
            ("2026-10-12 11:00", partial(cost, told, "lawyer", "90.00")),
            ("2026-11-02", partial(reached, told, "closed")),
        ],
        until="2026-11-02",
    )
    _dunning_stopped(told)
    _followed(told)
    _lost_and_recovered(told)
    prove(runtime, told.tenant)


def part(invoice: str, amount: str) -> dict[str, str]:
    return {"invoice": invoice, "amount": amount}


def _dunning_stopped(told: Company) -> None:
    """Of the bill that is with the lawyer nobody hears any more, not even beside the other one."""
    assert told.escalated("I-1") == ["03-26 supervisor", "04-13 manager"]
    assert told.reminded("I-1").split()[-1] == "04-13"
    assert told.reminded("I-2").split()[-1] > "04-20"
    later = [one["text"] for one in told.messages() if one["at"] and one["at"] > "2026-04-20T08:30"]
    assert later
    assert not [text for text in later if text and "I-1" in text]


def _followed(told: Company) -> None:
    """Every day is shown, the deadline was told, and the period runs from the enforcement."""
    case = told.get("/v1/cases/I-1")
    assert (case["stage"], case["open_amount"]) == ("legal", "400.00")
    assert case["handed_over"] == {
        **{"to": "lawyer", "name": "Blue Sky Law Firm", "reference": None, "on": "2026-04-20", "back_on": None},
        "milestones": {
            **{"mediation": "2026-05-18", "filed": "2026-06-01", "preserved": "2026-06-03", "hearing": "2026-07-08"},
            **{"judgment": "2026-08-05", "enforcement": "2026-09-01", "recovered": "2026-10-12", "closed": "2026-11-02"},
        },
        "deadlines": [],
        "costs": [{"currency": "CNY", "amount": "140.00"}],
        "recovered": "600.00",
    }
    assert told.notices("deadline_nears", case="I-1") == ["07-01 legal"]
    assert told.notices("deadline_today", case="I-1") == ["07-08 legal"]
    assert told.notices("deadline_missed", case="I-1") == []
    assert (case["limitation"]["expires_on"], case["limitation"]["set_by"]) == ("2029-10-12", "payment.applied")
    (task,) = [one for one in told.tasks(state="open", kind="legal") if one["cases"] == ["I-1"]]
    assert (task["role"], task["rule"]) == ("legal", "J1")


def _lost_and_recovered(told: Company) -> None:
    """Written off by the manager's consent, within their limit; paid in two parts a year later."""
    told.do("general_manager", "/v1/cases/I-1/write-off", {"reason": "Nothing left to enforce."}, status=202)
    agreed(told, "write_off", "manager")
    case = told.get("/v1/cases/I-1")
    assert (case["closed_as"], case["written_off"]) == ("written_off", {"amount": "400.00", "recovered": "0.00"})
    assert case["limitation"] is not None, "it is owed all the same"
    told.walk("2027-11-01")
    told.pay("P-2", "150.00", "2027-11-01", allocations=[part("I-1", "150.00")])
    assert told.get("/v1/cases/I-1")["written_off"] == {"amount": "400.00", "recovered": "150.00"}
    told.walk("2027-12-01")
    told.pay("P-3", "250.00", "2027-12-01", allocations=[part("I-1", "250.00")])
    case = told.get("/v1/cases/I-1")
    assert (case["closed_as"], case["handed_over"]["recovered"]) == ("recovered", "1000.00")
    assert [day_of(e) for e in told.log("I-1", "case.recovered")] == ["11-01", "12-01"]
