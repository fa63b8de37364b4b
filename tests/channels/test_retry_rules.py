"""The schedule of retries and the rule that switches an endpoint off."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.channels.retries import SCHEDULE, Streak, failed_at, next_attempt, should_disable

DAY_ONE = datetime(2026, 3, 2, 9, tzinfo=UTC)
S, M, H = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("attempts", "delay"),
    list(enumerate([0 * S, 5 * S, 5 * M, 30 * M, 2 * H, 5 * H, 10 * H, 14 * H, 20 * H, 24 * H, None, None])),
)
def test_the_schedule(attempts: int, delay: timedelta | None) -> None:
    assert next_attempt(attempts, jitter=0.0) == delay


def test_retries_last_about_three_days() -> None:
    assert timedelta(days=3) <= sum(SCHEDULE, timedelta()) <= timedelta(days=3.5)


@given(st.integers(0, 9), st.floats(-1, 1))
def test_jitter_moves_a_delay_by_at_most_a_fifth(attempts: int, jitter: float) -> None:
    delay = next_attempt(attempts, jitter=jitter)
    assert delay is not None
    assert SCHEDULE[attempts] * 0.8 - S <= delay <= SCHEDULE[attempts] * 1.2 + S


@pytest.mark.parametrize(("jitter", "delay"), [(-1.0, 4 * M), (1.0, 6 * M)])
def test_jitter_reaches_both_ends(jitter: float, delay: timedelta) -> None:
    assert next_attempt(2, jitter=jitter) == delay


@pytest.mark.parametrize(
    ("asked", "jitter", "delay"),
    [(0 * S, 0.0, 5 * M), (7 * M, 0.0, 7 * M), (10 * M, 0.0, 10 * M), (3 * H, 0.0, 10 * M), (7 * M, -1.0, 8.4 * M),
     (1 * S, -1.0, 5 * M), (3 * H, 1.0, 10 * M)],
)  # fmt: skip
def test_retry_after_counts_between_once_and_twice_the_delay(asked: timedelta, jitter: float, delay: timedelta) -> None:
    assert next_attempt(2, jitter=jitter, retry_after=asked) == delay


def test_retry_after_does_not_prolong_for_ever() -> None:
    assert next_attempt(len(SCHEDULE), jitter=0.0, retry_after=H) is None


@pytest.mark.parametrize(("attempts", "jitter"), [(-1, 0.0), (1, 1.1), (1, -1.1), (1, float("nan"))])
def test_senseless_arguments_are_a_bug(attempts: int, jitter: float) -> None:
    with pytest.raises(ValueError, match="jitter"):
        next_attempt(attempts, jitter=jitter)


def streak(*hours: float) -> Streak:
    found = None
    for hour in hours:
        found = failed_at(found, DAY_ONE + hour * H)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("hours", "now", "disabled"),
    [
        ((0, 13, 25), 120, True),
        ((0, 13, 25), 119.9, False),
        ((0, 13), 500, False),
        ((0, 1, 2, 3, 11.9), 500, False),
        ((0, 11.9, 12), 500, False),
        ((0, 12, 24), 120, True),
        ((0, 119, 120), 120, True),
        ((0, 118, 119), 120, False),
    ],
)
def test_an_endpoint_is_disabled_after_five_days_and_three_windows(
    hours: tuple[float, ...], now: float, disabled: bool
) -> None:
    assert should_disable(streak(*hours), DAY_ONE + now * H) is disabled


def test_a_success_ends_the_streak() -> None:
    assert not should_disable(None, DAY_ONE)


def test_a_failure_reported_late_changes_nothing() -> None:
    late = streak(0, 30)
    assert failed_at(late, DAY_ONE + 13 * H) == late == failed_at(late, DAY_ONE - H)
