"""Which changes of the settings let one person do what needs two now (I32)."""

import pytest
from msgspec.structs import replace

from service.domain.settings import Settings, loosens

OLD = Settings(
    plan_amounts={"CNY": "9000.00", "USD": "900.00"}, write_off_limits={"manager": {"CNY": "1000.00"}}, bulk_customers=50
)


@pytest.mark.parametrize(
    "change",
    [
        {"plan_parts": 7},
        {"plan_days": 181},
        {"extension_days": 31},
        {"discount_percent": 6},
        {"bulk_customers": 51},
        {"plan_amounts": {"CNY": "10000.00", "USD": "900.00"}},
        {"plan_amounts": {"CNY": "9000.00"}},
        {"write_off_limits": {"manager": {"CNY": "1000.01"}}},
        {"write_off_limits": {"manager": {"CNY": "1000.00", "USD": "1.00"}}},
        {"write_off_limits": {"manager": {"CNY": "1000.00"}, "supervisor": {"CNY": "1.00"}}},
        {"automatic_release": True},
    ],
)
def test_less_needs_consent(change):
    assert loosens(OLD, replace(OLD, **change))
    assert not loosens(replace(OLD, **change), OLD), "the way back is free"


@pytest.mark.parametrize(
    "change",
    [
        {"plan_amounts": {"CNY": "9000.00", "USD": "900.00", "EUR": "5.00"}},
        {"write_off_limits": {}},
        {"pause_days": 30, "company": "Dunlog"},
        {"plan_parts": 5, "bulk_customers": 5},
    ],
)
def test_as_much_needs_consent_or_more(change):
    assert not loosens(OLD, replace(OLD, **change))
