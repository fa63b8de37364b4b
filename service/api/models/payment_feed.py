"""How far payments are known."""

from pydantic import Field

from service.api.models.fields import Answer, Body, Day


class PaymentFeedBody(Body):
    """All payments up to a day have been told."""

    known_through: Day


class PaymentFeedAnswer(Answer):
    """How far payments are known."""

    known_through: Day | None = Field(description="What was said last; null while nothing was.")
    last_payment_on: Day | None = Field(description="The business day of the latest payment.")
    late: bool = Field(description="Dunning messages wait for it.")
