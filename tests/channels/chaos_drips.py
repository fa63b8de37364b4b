"""The slowest of receivers at the deadline that operators have (R8); in every run of the tests it is half a second."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.channels.webhook import DEADLINE_SECONDS, Sender
from tests.channels.receivers import LOOPBACK, delivery, failed, url_of
from tests.channels.test_webhook_hostile import SLOW
from tests.conftest import Tell

ENDS_WITHIN = 15.5
"""Seconds."""


@pytest.mark.figure("R8")
def test_R8_whatever_drips_ends_at_the_deadline(scripted, figure: Tell) -> None:
    with Sender(LOOPBACK, version="1.2.3") as sender, ThreadPoolExecutor(len(SLOW)) as all_at_once:

        def took(what: str) -> float:
            url, began = url_of(scripted(SLOW[what][0])), time.monotonic()
            assert failed(sender.send(delivery(url))).code == "timeout"
            return time.monotonic() - began

        longest = max(all_at_once.map(took, SLOW))
    figure(drips=len(SLOW), longest_s=longest)
    assert DEADLINE_SECONDS <= longest <= ENDS_WITHIN
