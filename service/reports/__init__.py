"""Figures that managers watch (K), read from `movements`: money by business day and due date. Definitions stand with each.

Every report is as of a day, with what was known at a moment, and never adds one currency to another.
"""

from service.reports.ageing import AGEING
from service.reports.at_risk import AT_RISK
from service.reports.contacts import CONTACTS
from service.reports.disputes import DISPUTES
from service.reports.dso import DSO
from service.reports.effectiveness import EFFECTIVENESS
from service.reports.promises import EXPECTED_RECEIPTS, PROMISES
from service.reports.provision import PROVISION
from service.reports.rolls import ROLL_RATES
from service.reports.steps import STEP_STATISTICS
from service.reports.table import Report
from service.reports.targets import TARGETS

REPORTS: dict[str, Report] = {
    "ageing": AGEING,
    "dso": DSO,
    "effectiveness": EFFECTIVENESS,
    "roll-rates": ROLL_RATES,
    "at-risk": AT_RISK,
    "provision": PROVISION,
    "promises": PROMISES,
    "expected-receipts": EXPECTED_RECEIPTS,
    "disputes": DISPUTES,
    "contacts": CONTACTS,
    "steps": STEP_STATISTICS,
    "targets": TARGETS,
}
"""By the last part of their path."""

__all__ = ["REPORTS", "Report"]
