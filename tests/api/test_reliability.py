"""What a customer's page tells of commitments: what is to come and when, what is contested, how far their word has held."""

from typing import Any

import pytest

from service.api.models.customers import CustomerAnswer
from tests.api.tenants import Tenant, fits

UNKNOWN = {"kept": 0, "partially_kept": 0, "broken": 0, "reliability": "unknown"}
PEOPLE = [
    {"id": "zhang", "name": "Zhang Wei", "email": "zhang@example.com", "role": "accounts_payable"},
    {"id": "li", "name": "Li Na", "email": "li@example.com", "role": "decision_maker"},
]
ASKING = """
grammar: 1
name: trusting
ladders:
  - ladder: collection
    start: due
    steps:
      - {step: tell, rule: G, at: P25D, when: {reliability: [unreliable]}, do: [{notice: {audience: [sales], text: overdue}}]}
"""


@pytest.fixture
def owed(tenant: Tenant) -> Tenant:
    """A customer with five overdue bills of 100.00 and two people."""
    tenant.customer(contacts=PEOPLE)
    for n in range(1, 6):
        tenant.bill(f"INV-{n}", amount="100.00", issued_on="2026-01-05", due_on="2026-02-20")
    return tenant


def promise(tenant: Tenant, case: str, promised_by: str | None, due_on: str = "2026-03-04") -> dict[str, Any]:
    body = {"due_on": due_on, "promised_by": promised_by}
    response = tenant.as_("collector").post(f"/v1/cases/{case}/promises", json=body)
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


def pay(tenant: Tenant, case: str) -> None:
    allocations = [{"invoice": case, "amount": "100.00"}]
    money = {"amount": "100.00", "currency": "CNY", "received_on": "2026-03-02", "allocations": allocations}
    tenant.post("payment.received", payment=f"P-{case}", customer="C-1", **money)


def test_the_page_tells_what_is_to_come_and_what_is_contested(owed):
    made = promise(owed, "INV-1", "zhang", "2026-03-20")
    half = [{"due_on": "2026-03-20", "amount": "40.00"}, {"due_on": "2026-04-20", "amount": "60.00"}]
    agreed = owed.as_("supervisor").post("/v1/cases/INV-2/plans", json={"parts": half, "promised_by": "Li Na"}).json()
    draft = {"method": "acceptance_draft", "matures_on": "2026-05-20", "allocations": [{"invoice": "INV-3", "amount": "30.00"}]}
    owed.post("payment.received", payment="P-1", customer="C-1", amount="30.00", currency="CNY", **draft)
    disputed = {"reason": "price", "amount": "70.00", "text": "Too dear."}
    assert owed.as_("collector").post("/v1/cases/INV-3/disputes", json=disputed).status_code == 201
    page = fits(CustomerAnswer, owed.get("/v1/customers/C-1"))
    told = [(one["kind"], one["id"], one["case"], one["due_on"], one["amount"], one["contact"]) for one in page["commitments"]]
    assert told == [
        ("promise", made["id"], "INV-1", "2026-03-20", "100.00", "zhang"),
        ("plan", agreed["id"], "INV-2", "2026-03-20", "40.00", "li"),
        ("plan", agreed["id"], "INV-2", "2026-04-20", "60.00", "li"),
        ("draft", "P-1", "INV-3", "2026-05-20", "30.00", None),
    ]
    days = [("2026-03-20", "140.00"), ("2026-04-20", "60.00"), ("2026-05-20", "30.00")]
    assert [(one["on"], one["amount"]) for one in page["expected_receipts"]] == days
    (dispute,) = page["disputes"]
    wanted = ("INV-3", 1, "price", "70.00", "sales", "2026-03-02", False)
    names = ("case", "dispute", "reason", "amount", "owner", "opened_on", "credit_expected")
    assert tuple(dispute[name] for name in names) == wanted


def test_what_came_of_a_promise_is_expected_no_more(owed):
    promise(owed, "INV-1", None, "2026-03-20")
    owed.post("payment.received", payment="P-1", customer="C-1", amount="30.00", currency="CNY")
    page = owed.get("/v1/customers/C-1")
    assert [(one["amount"]) for one in page["commitments"]] == ["100.00"]
    assert [(one["amount"]) for one in page["expected_receipts"]] == ["70.00"]


def test_their_word_is_counted_in_all_and_by_who_gave_it(owed):
    assert owed.get("/v1/customers/C-1")["habits"]["promises"] == UNKNOWN
    for n, promised_by in enumerate(("zhang", "zhang", "li na", "LI NA", "her son"), start=1):
        promise(owed, f"INV-{n}", promised_by)
    pay(owed, "INV-1")
    pay(owed, "INV-2")
    owed.walk("2026-03-06")
    habits = owed.get("/v1/customers/C-1")["habits"]
    assert habits["promises"] == {"kept": 2, "partially_kept": 0, "broken": 3, "reliability": "unreliable"}
    kept, broken = UNKNOWN | {"kept": 2, "reliability": "reliable"}, UNKNOWN | {"broken": 2, "reliability": "unreliable"}
    assert habits["promises_by_contact"] == {"li": broken, "zhang": kept}


@pytest.mark.parametrize(("paid", "told"), [([], True), (["INV-2"], False)])
def test_a_playbook_may_ask_for_it(tenant, paid, told):
    """Two of their promises are broken, or one of two is; then the step of another bill is due."""
    admin = tenant.as_("admin")
    assert admin.post("/v1/playbooks", json={"text": ASKING}).status_code == 201
    assert admin.patch("/v1/settings", json={"playbook": "trusting"}).status_code == 200
    tenant.customer()
    for n, due_on in ((1, "2026-02-20"), (2, "2026-04-20"), (3, "2026-04-20")):
        tenant.bill(f"INV-{n}", amount="100.00", issued_on="2026-01-05", due_on=due_on)
    for case in ("INV-2", "INV-3"):
        promise(tenant, case, None)
    for case in paid:
        pay(tenant, case)
    tenant.walk("2026-03-17")
    page = tenant.get("/v1/cases/INV-1/events")["data"]
    assert [e["type"] for e in page if e["type"] == "step.skipped"] == ([] if told else ["step.skipped"])
    raised = [e for e in tenant.get("/v1/events", "admin", limit=200)["data"] if e["type"] == "notice.raised"]
    assert ("overdue" in [e["data"]["text"] for e in raised]) == told
