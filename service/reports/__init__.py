"""Figures that managers watch (K), read from `movements`: money by business day and due date. Definitions stand with each.

Every report is as of a day, with what was known at a moment, and never adds one currency to another.
"""

from service.reports.ageing import AGEING
from service.reports.table import Report

REPORTS: dict[str, Report] = {"ageing": AGEING}
"""By the last part of their path."""

__all__ = ["REPORTS", "Report"]
