"""A fortnight in which people are away: cover works and answers, a word is given to another with an end, and what nobody
answers is over (E6, I32)."""

from typing import Any

from service.provision import create_key
from tests.journeys.company import day_of

BEGINS = "2026-06-01T08:00:00+08:00"  # a Monday

PEOPLE = {
    "chen": ("boss", None),
    "ma": ("general_manager", "chen"),
    "gao": ("manager", "ma"),
    "li.na": ("collector", "gao"),
    "wang": ("collector", "gao"),
}


def put(told, user: str, **away: str) -> None:
    role, above = PEOPLE[user]
    body = {"role": role, "name": user, "reports_to": above, **({"away": away} if away else {})}
    response = told.ask("admin", "PUT", f"/v1/users/{user}", body)
    assert response.is_success, response.text


def work(told, user: str) -> list[str]:
    return [task["customer"] for task in told.tasks(state="open", kind="call", worker=user)]


def refused(told, who: str, request: dict[str, Any], code: str) -> None:
    response = told.ask(who, "POST", f"/v1/approvals/{request['id']}/grant", {})
    assert (response.status_code, response.json()["code"]) == (403, code)


def test_absence_cover_a_delegated_answer_and_an_expiry(company, runtime):
    told = company(BEGINS)
    for user, (role, _) in PEOPLE.items():
        put(told, user)
        told.keys[user] = create_key(runtime, told.tenant, role, user)
    told.choose(assignment=[{"to": ["wang"], "amounts": {"CNY": "50000.00"}}, {"to": ["li.na"]}])
    for customer, amount in (("C-1", "9000.00"), ("C-2", "60000.00"), ("C-3", "20000.00")):
        told.customer(customer, confirmation_required=False)
        told.bill(f"I-{customer}", "2026-04-01", "2026-06-02", customer, amount)

    # Wednesday, 3 June: all three are called, each by their owner, the most valuable first.
    told.walk("2026-06-03")
    assert (work(told, "li.na"), work(told, "wang")) == (["C-3", "C-1"], ["C-2"])

    # Thursday and Friday li.na is away: wang sees hers among his, and they are hers again on Monday.
    put(told, "li.na", **{"from": "2026-06-04", "until": "2026-06-05", "cover": "wang"})
    told.walk("2026-06-04")
    assert (work(told, "li.na"), work(told, "wang")) == ([], ["C-2", "C-3", "C-1"])
    call = told.tasks(state="open", kind="call", customer="C-1")[0]
    assert (call["owner"], call["worker"]) == ("li.na", "wang")
    told.close("call", "C-1", role="wang")

    # The manager asks for a hold; the boss is away from Friday, and the general manager stands in.
    told.do("gao", "/v1/customers/C-3/hold", {"reason": "Moved out overnight."}, 202)
    request = told.asked("hold", "C-3")
    refused(told, "ma", request, "role_may_not_approve")
    put(told, "chen", **{"from": "2026-06-05", "until": "2026-06-12", "cover": "ma"})
    refused(told, "ma", request, "role_may_not_approve")
    told.walk("2026-06-05", "10:00")
    refused(told, "gao", request, "role_may_not_approve")
    told.do("ma", f"/v1/approvals/{request['id']}/grant", {"content_hash": request["content_hash"]})
    assert told.get("/v1/customers/C-3/credit", "erp")["may_ship"] is False
    (granted,) = told.feed("approval.granted")
    assert (granted["actor"], granted["data"]["in_place_of"], day_of(granted)) == ("ma", "chen", "06-05")

    # Back on Saturday week, the boss gives his word on releases to gao until Wednesday, 17 June.
    told.walk("2026-06-15")
    assert work(told, "li.na") == ["C-3", "C-1"]
    word = {"to": "gao", "until": "2026-06-17", "kinds": ["release"], "reason": "At the trade fair."}
    told.do("chen", "/v1/delegations", word, 201)
    told.do("ma", "/v1/customers/C-3/release", {"reason": "They have only moved next door."}, 202)
    release = told.asked("release", "C-3")
    refused(told, "ma", release, "role_may_not_approve")
    told.do("gao", f"/v1/approvals/{release['id']}/grant")
    assert told.get("/v1/customers/C-3/credit", "erp")["may_ship"] is True

    # What the delegate asks himself, nobody grants in his place; from Thursday the word is worth nothing.
    told.do("gao", "/v1/customers/C-2/hold", {"reason": "Rumours."}, 202)
    late = told.asked("hold", "C-2")
    refused(told, "gao", late, "role_may_not_approve")
    told.walk("2026-06-18", "09:00")
    assert told.get("/v1/delegations")["data"] == []

    # Nobody answers: after thirty days it is over, on the first minute of the day after.
    assert late["expires_on"] == "2026-07-15"
    told.walk("2026-07-15", "23:30")
    assert told.asked("hold", "C-2")["state"] == "open"
    told.walk("2026-07-16", "00:30")
    assert [day_of(event) for event in told.feed("approval.expired")] == ["07-16"]
