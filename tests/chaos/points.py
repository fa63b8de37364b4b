"""Named places in the loops at which a process can be killed: before and after a thing is claimed, appended, committed,
sent, recorded. The product knows nothing of them: the functions are wrapped where the service is started (entry.py)."""

import functools
import importlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple


class Point(NamedTuple):
    """`moment` is before or after the function `target` (`module:name`), which does the `deed` for the `loop`."""

    loop: str
    moment: str
    deed: str
    target: str

    @property
    def name(self) -> str:
        return f"{self.loop} {self.moment} {self.deed}"


POINTS = (
    # the one road: every batch of commands, whoever asks
    Point("handle", "before", "claim", "service.engine.gather:take"),
    Point("handle", "after", "claim", "service.store.customers:lock"),
    Point("handle", "before", "append", "service.store.log:append"),
    Point("handle", "after", "append", "service.store.log:append"),
    Point("handle", "before", "states", "service.store.cases:save"),
    Point("handle", "after", "states", "service.store.customers:save"),
    Point("handle", "before", "outbox", "service.store.outbox:put"),
    Point("handle", "after", "outbox", "service.store.outbox:put"),
    Point("handle", "after", "inbox", "service.store.inbox:keep"),
    Point("handle", "before", "commit", "service.store.customers:forget_bare"),
    Point("handle", "after", "commit", "service.engine.handle:_together"),
    # the clock of tenants whose time runs
    Point("tick", "after", "claim", "service.store.customers:rung"),
    Point("tick", "after", "commit", "service.engine.tick:wake"),
    Point("tick", "before", "record", "service.store.gauges:note"),
    Point("tick", "after", "record", "service.store.gauges:note"),
    Point("calendar", "before", "commit", "service.store.tenants:set_wake"),
    Point("calendar", "after", "commit", "service.engine.calendar_steps:administer"),
    # a sandbox's clock, moved by a request
    Point("walk", "before", "decide", "service.engine.walk:decide"),
    Point("walk", "after", "decide", "service.engine.walk:decide"),
    Point("walk", "before", "record", "service.store.tenants:set_clock"),
    Point("walk", "after", "record", "service.engine.walk:_store"),
    # a message gets its words
    Point("compose", "after", "claim", "service.store.messages:ready"),
    Point("compose", "before", "words", "service.engine.compose:compose"),
    Point("compose", "before", "commit", "service.engine.compose:compose"),
    Point("compose", "after", "commit", "service.engine.compose:_compose_all"),
    # and goes by mail
    Point("post", "before", "claim", "service.engine.post:_claim"),
    Point("post", "before", "send", "service.channels.email:Mailer.send"),
    Point("post", "after", "send", "service.channels.email:Mailer.send"),
    Point("post", "before", "record", "service.engine.post:_record"),
    Point("post", "before", "commit", "service.store.messages:end"),
    Point("post", "after", "record", "service.engine.post:_record"),
    # a webhook
    Point("deliver", "after", "look", "service.store.outbox:due"),
    Point("deliver", "before", "claim", "service.store.outbox:claim"),
    Point("deliver", "after", "claim", "service.store.outbox:claim"),
    Point("deliver", "before", "send", "service.channels.webhook:Sender.send"),
    Point("deliver", "after", "send", "service.channels.webhook:Sender.send"),
    Point("deliver", "before", "record", "service.engine.recording:Records.keep"),
    Point("deliver", "before", "commit", "service.store.outbox:delivered"),
    Point("deliver", "after", "record", "service.engine.recording:Records.keep"),
)

ANY = "any"
"""In place of a point's name: whichever is come to."""

_BEFORE_ITS_END = frozenset({"compose before commit", "post before commit", "deliver before commit", "calendar before commit"})
"""These deeds are all but done when their function returns: what remains is the commit."""


def arm(name: str, nth: int) -> None:
    """When the point (or any) is come to for the n-th time, this process ends as if the power had failed."""
    chosen = [point for point in POINTS if name in (ANY, point.name)]
    if not chosen:
        raise ValueError(f"no point is called {name!r}")
    countdown = _Countdown(nth)
    for point in chosen:
        _wrap(point, countdown)


class _Countdown:
    def __init__(self, left: int) -> None:
        self._left = left
        self._lock = threading.Lock()

    def __call__(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def _wrap(point: Point, come: Callable[[], None]) -> None:
    owner, name = _found(point.target)
    original = getattr(owner, name)
    early = point.moment == "before" and point.name not in _BEFORE_ITS_END

    @functools.wraps(original)
    def wrapped(*given: Any, **named: Any) -> Any:
        if early:
            come()
        result = original(*given, **named)
        if not early:
            come()
        return result

    if not isinstance(owner, ModuleType):
        setattr(owner, name, wrapped)
        return
    for module in [one for key, one in sys.modules.items() if key.startswith("service.")]:
        for other, value in list(vars(module).items()):
            if value is original:  # imported by name as well
                setattr(module, other, wrapped)


def _found(target: str) -> tuple[Any, str]:
    module, _, path = target.partition(":")
    *owners, name = path.split(".")
    return functools.reduce(getattr, owners, importlib.import_module(module)), name
