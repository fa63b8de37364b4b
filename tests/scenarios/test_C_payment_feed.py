"""Rule C12: without word of payments, messages that ask for money wait, and the supervisor is told once."""

import pytest

from service.domain import payment_feed
from service.domain.events.tenant import PaymentsKnown
from service.domain.settings import Settings
from service.domain.tenant import Tenant, evolve_tenant
from tests.examples import CHINA, day, maybe

DAYS = Settings().workdays(CHINA)


@pytest.mark.parametrize(
    ("heard", "today", "limit", "late"),
    [
        ("2026-03-10", "2026-03-12", 2, False),
        ("2026-03-09", "2026-03-12", 2, True),
        ("2026-03-13", "2026-03-16", 1, False),  # Friday, then Monday
        ("2026-03-12", "2026-03-16", 1, True),
        ("2026-03-13", "2026-03-15", 1, False),  # Sunday
        (None, "2026-03-12", 30, True),
        (None, "2026-03-12", None, False),
        ("2020-01-01", "2026-03-12", None, False),
    ],
)
def test_C12_the_feed_is_late_after_so_many_open_days(heard, today, limit, late):
    assert payment_feed.is_late(maybe(heard), day(today), limit, DAYS) == late


@pytest.mark.parametrize(
    ("told", "heard", "known"),
    [
        (None, "2026-03-10", False),
        ("2026-03-12", "2026-03-10", True),
        ("2026-03-12", "2026-03-13", False),  # it spoke again since
        ("2026-03-12", None, True),
        (None, None, False),
    ],
)
def test_C12_each_silence_is_told_once(told, heard, known):
    assert payment_feed.is_told(maybe(told), maybe(heard)) == known


def test_C12_the_tenant_remembers_what_was_said_and_told():
    tenant = evolve_tenant(Tenant(id="acme"), PaymentsKnown(through=day("2026-03-11")))
    tenant = evolve_tenant(tenant, payment_feed.notice(day("2026-03-12")))
    assert (tenant.payments_known, tenant.feed_told_on, tenant.digest_on) == (day("2026-03-11"), day("2026-03-12"), {})
