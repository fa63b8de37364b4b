"""In which worlds each guard is missed soonest."""

from tests.simulation.throwing import Mood

WORLDS = 120
"""In so many worlds each guard is missed at least once."""

_FLAKY = {"stall": 60, "wake": 40, "crash": 4, "drain": 1}
_MAIL = {"ask": 60, "again": 0, "tick": 80, "compose": 60, "mail": 140, "deliver": 0, "receiver": 0, "time": 130}

MOODS: dict[str, Mood] = {
    "composed_when_nothing_is_due": Mood({"ask": 200, "drain": 10}, customers=1),
    "message_leased": Mood({"mail": 80, "stall": 2}, doors={"mail": "slow"}),
    "message_fenced": Mood({**_FLAKY, **_MAIL}, doors={"mail": "hangs"}),
    "reported_once": Mood({**_FLAKY, **_MAIL}),
    "attempts_counted_when_claimed": Mood(
        {"deliver": 90, "receiver": 0, "endpoint": 0, "ask": 40, "time": 120, "drain": 0},
        doors={"E-cases": "deadly", "E-holds": "deadly"},
    ),
    "endpoint_asked_when_claimed": Mood({"endpoint": 40, "deliver": 60}),
    "delivery_fenced": Mood({**_FLAKY, "deliver": 90}),
    "lease_outlasts_deadline": Mood({"deliver": 60}, doors={"E-cases": "slow", "E-holds": "slow"}),
    "customer_locked": Mood({"crash": 2, "time": 30}, customers=1),
    "loaded_under_lock": Mood({"crash": 2, "time": 30}, customers=1),
    "left_messages_take_no_more": Mood({"mail": 40, "compose": 40}, customers=1),
}
