"""What drawing leaves behind."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from service.printing import charts


def test_what_is_not_found_is_not_found_after_a_chart_was_drawn():
    """Every warning is an error here, and a foreign finder among Python's own warned of each module that is not there."""
    assert charts.columns(["a"], {"now": [1]}, str, (400, 300)).startswith("<svg")
    with pytest.raises(ZoneInfoNotFoundError):
        ZoneInfo("Mars/Olympus")
