"""Bad-debt provision: of what is open in each ageing bucket, the tenant's share for it."""

from service.domain.buckets import BUCKETS
from service.reports import ageing
from service.reports.asked import Asked
from service.reports.table import MONEY, TEXT, Report, Rows
from service.store.database import Tx

WHOLE = 10_000
"""Rates are in hundredths of a percent."""


def read(tx: Tx, asked: Asked) -> Rows:
    """Each bucket's part is rounded to the nearest minor unit, a half up, so that the parts add up to the whole."""
    rates = [asked.rates.get(name, 0) for name in BUCKETS]
    rows = []
    for key, currency, total, _, *parts in ageing.read(tx, asked):
        provisions = [(part * rate + WHOLE // 2) // WHOLE for part, rate in zip(parts, rates, strict=True)]
        rows.append((key, currency, total, sum(provisions), *provisions))
    return rows


PROVISION = Report(
    "Bad-debt provision",
    "Of the open amount of each ageing bucket the share that the setting `provision_rates` gives for it, rounded to the "
    "nearest minor unit; `provision` is their sum. A bucket without a rate has none.",
    {"group": TEXT, "currency": TEXT, "open": MONEY, "provision": MONEY, **dict.fromkeys(BUCKETS, MONEY)},
    read,
)
