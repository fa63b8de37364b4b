"""H1, lived through the API on dated days: statements, books that differ, books that agree, and a letter nobody answers."""

from tests.journeys.company import Company


def account(told: Company, since: str, until: str) -> tuple[str, list[str], str]:
    """The balances of yuan, and what happened between them."""
    (part,) = told.get("/v1/customers/C-1/statement", **{"from": since, "to": until})["currencies"]
    happened = [f"{one['on'][5:]} {one['kind']} {one['amount']}" for one in part["entries"]]
    return part["opening_balance"], happened, part["balance"]


def books(told: Company) -> list[tuple[str, str, str | None]]:
    """The reconciliations, the latest first: the state, ours, theirs."""
    return [
        (one["state"], one["balances"][0]["amount"], one["balances"][0]["customers_amount"])
        for one in told.all("/v1/customers/C-1/reconciliations")
    ]


def test_H1_books_are_compared_until_they_agree(company):
    told = company("2026-03-02T10:00:00+08:00")
    told.customer(confirmation_required=False, collector="li.na")
    told.bill("I-1", "2026-02-02", "2026-03-04", amount="1200.00")
    told.bill("I-2", "2026-03-02", "2026-04-30", amount="800.00")
    told.walk("2026-03-16", "10:00")
    told.pay("P-1", "500.00", "2026-03-13")
    told.walk("2026-03-31", "10:00")
    assert account(told, "2026-03-01", "2026-03-31") == ("1200.00", ["03-02 bill 800.00", "03-13 payment -500.00"], "1500.00")

    # The customer misses a credit note; finance finds it.
    first = told.do("finance", "/v1/customers/C-1/reconciliations", {}, 201)
    assert (first["on"], first["until"]) == ("2026-03-31", "2026-04-21")  # fourteen open days, Qingming among the closed
    told.walk("2026-04-08", "10:00")
    differs = {"balances": [{"currency": "CNY", "amount": "1300.00"}], "text": "The returned cartons.", "signed_by": "Wu Lei"}
    told.do("collector", f"/v1/reconciliations/{first['id']}/differ", differs)
    (task,) = told.tasks(kind="difference", state="open")
    assert (task["role"], task["due_on"]) == ("finance", "2026-04-09")
    assert told.get("/v1/cases/I-1")["disputed_amount"] == "0.00"
    told.say("invoice.credited", invoice="I-1", amount="200.00", on="2026-03-30")
    told.do("finance", f"/v1/tasks/{task['id']}/complete", {})

    # The next one is signed: three years from then, and dunning goes on, weekly as a manager has it.
    second = told.do("finance", "/v1/customers/C-1/reconciliations", {}, 201)
    told.walk("2026-04-15", "10:00")
    told.do("collector", f"/v1/reconciliations/{second['id']}/confirm", {"on": "2026-04-14", "signed_by": "Wu Lei"})
    assert books(told) == [("confirmed", "1300.00", "1300.00"), ("differs", "1500.00", "1300.00")]
    limits = {case: told.get(f"/v1/cases/{case}")["limitation"]["expires_on"] for case in ("I-1", "I-2")}
    assert limits == {"I-1": "2029-04-14", "I-2": "2029-04-30"}  # the second falls due only then
    before = len(told.feed("case.reminded"))
    told.walk("2026-04-22", "12:00")
    assert len(told.feed("case.reminded")) > before

    # Nobody answers the third.
    told.do("collector", "/v1/customers/C-1/reconciliations", {"cases": ["I-2"]}, 201)
    told.walk("2026-05-15", "12:00")
    assert books(told)[0] == ("silent", "800.00", None)
    (task,) = told.tasks(kind="reconciliation", state="open")
    assert (task["due_on"], task["cases"]) == ("2026-05-15", ["I-2"])
    assert account(told, "2026-04-01", "2026-05-15") == ("1300.00", [], "1300.00")
