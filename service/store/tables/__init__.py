"""Every table, by what it keeps. What guards them - roles, policies, triggers - stands in the migrations; every key leads with
the tenant, which is also the distribution column beyond one machine."""

from service.store.tables import accounts, figures, leaving, log, states, work
from service.store.tables.shape import metadata

__all__ = ["accounts", "figures", "leaving", "log", "metadata", "states", "work"]
