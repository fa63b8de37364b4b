"""How far payments are known: said by the ERP or finance, never taken back, never ahead."""

from service.api.models.payment_feed import PaymentFeedAnswer
from tests.api.tenants import fits, problem


def test_it_is_said_and_never_goes_back(tenant):
    assert tenant.get("/v1/payment-feed") == {"known_through": None, "last_payment_on": None, "late": False}
    for role, day in (("erp", "2026-03-02"), ("finance", "2026-02-27")):
        answer = tenant.as_(role).put("/v1/payment-feed", json={"known_through": day})
        assert fits(PaymentFeedAnswer, answer.json())["known_through"] == "2026-03-02"
    tenant.customer()
    tenant.post("payment.received", payment="P-1", customer="C-1", amount="1.00", currency="CNY", received_on="2026-03-01")
    assert tenant.get("/v1/payment-feed")["last_payment_on"] == "2026-03-01"


def test_it_cannot_lie_ahead(tenant):
    response = tenant.as_("erp").put("/v1/payment-feed", json={"known_through": "2026-03-03"})
    assert problem(response) == (422, "date_in_future")


def test_late_is_what_the_tenants_limit_says(tenant):
    assert tenant.as_("admin").patch("/v1/settings", json={"payment_feed_days": 2}).status_code == 200
    assert tenant.get("/v1/payment-feed")["late"] is True
    answer = tenant.as_("erp").put("/v1/payment-feed", json={"known_through": "2026-02-26"}).json()
    assert answer["late"] is True
    answer = tenant.as_("erp").put("/v1/payment-feed", json={"known_through": "2026-02-27"}).json()
    assert answer["late"] is False  # two open days before Monday the 2nd; Saturday the 28th is worked
    assert tenant.as_("admin").patch("/v1/settings", json={"payment_feed_days": None}).status_code == 200
