"""Late interest over HTTP (D8): terms of the tenant and of a customer, shown on the case, on statements and in letters."""

import pytest

from service.api.models.cases import CaseAnswer
from service.api.models.customers import CustomerAnswer
from service.api.models.statements import StatementAnswer
from service.words.compose import compose
from service.words.letters import Addressee, BillLine, Debtor, Letter, Sender
from tests.api.tenants import Tenant, fits, problem
from tests.examples import day

TERMS = {"annual_rate": "12.5", "day_count": "act/360", "grace_days": 5}


@pytest.fixture
def owed(tenant: Tenant) -> Tenant:
    """A bill of 400, overdue since 10 March; today is the 20th."""
    tenant.customer()
    tenant.bill("INV-1", amount="400.00", due_on="2026-03-10")
    tenant.walk("2026-03-20")
    return tenant


def test_D8_by_the_tenants_terms_on_case_and_statement_and_never_in_a_sum(owed: Tenant):
    assert owed.get("/v1/cases/INV-1")["late_interest"] is None
    chosen = owed.as_("admin").patch("/v1/settings", json={"late_interest": TERMS})
    assert chosen.json()["late_interest"] == TERMS
    case = fits(CaseAnswer, owed.get("/v1/cases/INV-1"))
    assert case["late_interest"] == TERMS | {"amount": "0.69", "since": "2026-03-15", "until": "2026-03-20"}
    assert case["open_amount"] == "400.00"
    (part,) = fits(StatementAnswer, owed.get("/v1/customers/C-1/statement"))["currencies"]
    assert ([bill["late_interest"] for bill in part["bills"]], part["open"], part["balance"]) == (
        *(["0.69"], "400.00"),
        "400.00",
    )
    assert owed.as_("admin").patch("/v1/settings", json={"late_interest": None}).status_code == 200
    assert owed.get("/v1/cases/INV-1")["late_interest"] is None


def test_D8_by_a_customers_own_terms(owed: Tenant):
    owed.post("customer.updated", customer="C-1", late_interest={"annual_rate": "36.5", "day_count": "act/365"})
    customer = fits(CustomerAnswer, owed.get("/v1/customers/C-1"))
    assert customer["late_interest"] == {"annual_rate": "36.5", "day_count": "act/365", "grace_days": 0}
    assert owed.get("/v1/cases/INV-1")["late_interest"]["amount"] == "4.00"
    owed.post("customer.updated", customer="C-1", late_interest=None)
    assert owed.get("/v1/cases/INV-1")["late_interest"] is None


@pytest.mark.parametrize(
    "wrong",
    [{**TERMS, "annual_rate": "-1"}, {**TERMS, "annual_rate": 12}, {**TERMS, "day_count": "act/act"}, {"annual_rate": "1"}],
)
def test_D8_terms_that_cannot_be(owed: Tenant, wrong):
    refused = owed.as_("admin").patch("/v1/settings", json={"late_interest": wrong})
    assert refused.status_code == 422
    told = owed.as_("erp").post("/v1/events", json=owed.event("customer.updated", customer="C-1", late_interest=wrong))
    assert problem(told)[0] in (400, 422)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "late interest by contract to date"), ("zh", "按合同计至今日的逾期利息")]
)
def test_D8_letters_say_it_beside_the_bill(language, said):
    bill = BillLine(id="INV-1", amount=40000, open=40000, currency="CNY", due_on=day("2026-03-10"), interest=69)
    letter = Letter(
        language=language,
        today=day("2026-03-20"),
        customer=Debtor(id="C-1", name="Acme"),
        contact=Addressee(name="Zhang Wei"),
        sender=Sender(name="Li Na"),
        banks={},
        also_open=(bill,),
        kind="formal_dunning",
        pay_by=day("2026-03-27"),
    )
    text = compose(letter).text
    assert said in text
    assert "0.69" in text
    assert "400.69" not in text
