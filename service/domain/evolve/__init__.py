"""The first verb: what an event means. One function a state, total and pure."""

from service.domain.evolve.case import evolve_case
from service.domain.evolve.customer import evolve_customer
from service.domain.evolve.payment import evolve_payment

__all__ = ["evolve_case", "evolve_customer", "evolve_payment"]
