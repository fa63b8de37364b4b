"""What would have come of another playbook: which one, over which part of history, and how it compares."""

from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StrictStr, model_validator
from pydantic_core import PydanticCustomError

from service.api.models.fields import Answer, Body, Day, Id, Instant, Segment

LONGEST = timedelta(3660)
AHEAD = timedelta(366)


class SimulationBody(Body):
    """A draft or a published version, on the history from one day to another: by default the last year."""

    model_config = ConfigDict(validate_by_alias=True, validate_by_name=False)

    text: StrictStr | None = Field(
        None, min_length=1, max_length=262_144, description="A draft, as YAML.", examples=["grammar: 1\nname: gentle\n"]
    )
    version: int | None = Field(None, ge=1, le=1_000_000, description="A published version instead of a draft.")
    shipped: Literal[True] | None = Field(None, description="The one of that name that comes with the service.")
    from_: Day | None = Field(
        None, alias="from", description="From this day on it is followed; by default a year before the last one."
    )
    to: Day | None = Field(
        None,
        description="The last day told; by default now. Days ahead are told as if nobody paid, answered or agreed any more.",
    )
    replaces: list[Id] | None = Field(
        None,
        min_length=1,
        max_length=20,
        description="Whose bills follow it instead: playbooks by name. By default its own earlier versions'; of a name that "
        "was never published those of the tenant's playbook.",
        examples=[["standard"]],
    )
    segment: Segment | None = Field(None, description="Of the customers of this segment alone, as they are now.")
    customers: list[Id] | None = Field(None, min_length=1, max_length=500, description="Of these customers alone.")
    at_most: int = Field(2000, ge=1, le=20_000, description="So many cases; what is left is told as `truncated`.")
    after: Id | None = Field(None, description="Go on after this customer: `after` of what was truncated.")
    samples: int = Field(3, ge=0, le=20, description="So many of the cases that differ most, day by day.")

    @model_validator(mode="after")
    def _one_playbook(self) -> Self:
        if sum(one is not None for one in (self.text, self.version, self.shipped)) != 1:
            raise PydanticCustomError("text_or_version", "one of the three")
        return self

    def period(self, today: date) -> tuple[date, date]:
        """The first and the last day; raises ValueError for days out of order or too far apart."""
        last = self.to or today
        first = self.from_ or min(last, today) - timedelta(365)
        if not first <= last or last - first > LONGEST or last - today > AHEAD or first > today:
            raise ValueError("period")
        return first, last


Count = Annotated[int, Field(ge=0, examples=[42])]


class StepTally(Answer):
    """Of one step: occurrences that did something, and those left out, by why."""

    fired: Count
    skipped: dict[str, Count] = Field(examples=[{"paused": 3}])


class StepCompared(Answer):
    """A step by the playbook there was, and by the other."""

    step: str = Field(examples=["overdue-daily"])
    rule: str = Field(examples=["B3"])
    now: StepTally
    then: StepTally


class Work(Answer):
    """What goes out, and what our own people have to do."""

    messages: Count = 0
    calls: Count = 0
    visits: Count = 0
    letters: Count = 0
    escalations: Count = 0
    approvals: Count = 0
    tasks: Count = 0
    notices: Count = 0


class WorkCompared(Answer):
    """In all, with how many customers heard of us."""

    now: Work
    then: Work
    customers_touched_now: Count
    customers_touched_then: Count


class WeekCompared(Answer):
    """The week that begins on this Monday."""

    week: Day
    now: Work
    then: Work


class RoleWork(Answer):
    """What falls to a role."""

    tasks: Count = 0
    approvals: Count = 0
    escalations: Count = 0
    letters: Count = 0
    notices: Count = 0


class RoleCompared(Answer):
    """One of our roles."""

    role: str = Field(examples=["manager"])
    now: RoleWork
    then: RoleWork


class MilestoneCompared(Answer):
    """How far dunning gets: how many cases reach it on the same day, earlier, later, or by one of the two alone. `days` is by
    how many days in all it comes later (negative: earlier) where both bring it."""

    milestone: str = Field(description="A level, or `hold_asked`.", examples=["manager"])
    same: Count
    sooner: Count
    delayed: Count
    only_now: Count
    only_then: Count
    days: int = Field(examples=[-35])


class Shifted(Answer):
    """A case for which a milestone moves; a day is null where it is never reached."""

    case: Id
    customer: Id
    milestone: str = Field(examples=["manager"])
    now_on: Day | None
    then_on: Day | None
    days: int | None = Field(description="So many days later; negative: earlier.", examples=[-7])


class LevelMoved(Answer):
    """How many cases end at the one level instead of the other."""

    now: str = Field(examples=["manager"])
    then: str = Field(examples=["supervisor"])
    cases: Count


class LevelChanged(Answer):
    """A case that ends at another level."""

    case: Id
    customer: Id
    now: str = Field(examples=["manager"])
    then: str = Field(examples=["supervisor"])


class TimelineLine(Answer):
    """What happened to a case, by which step where a step did it."""

    at: Instant
    what: str = Field(examples=["reminded:email", "escalated:manager", "skipped:paused", "paid"])
    step: str | None = Field(examples=["overdue-daily"])
    rule: str | None = Field(examples=["B3"])


class TimelineDay(Answer):
    """A day of a case, side by side."""

    on: Day
    now: list[TimelineLine]
    then: list[TimelineLine]


class SampleCase(Answer):
    """A case told both ways."""

    case: Id
    customer: Id
    days: list[TimelineDay]


class StepDiffers(Answer):
    """Something of a step that stands in the log and was not told again (`missing`), or the other way round (`extra`)."""

    side: str = Field(examples=["missing"])
    case: Id
    step: str = Field(examples=["overdue-daily"])
    on: Day
    day: Day = Field(description="On which it happened.")
    type: str = Field(examples=["case.reminded"])
    what: str = Field(examples=["email zhang"])


class Reproduced(Answer):
    """The proof of the pudding: history told again by the playbooks that did run, step by step beside the log."""

    recorded: Count
    reproduced: Count
    extra: Count
    differences: list[StepDiffers] = Field(description="The first of them.")


class LeftOut(Answer):
    """What people or the ERP did that had no object here, by the type of its event: it was left out."""

    now: dict[str, Count] = Field(examples=[{}])
    then: dict[str, Count] = Field(examples=[{"approval.granted": 2}])


class Truncated(Answer):
    """Not all cases were told: ask for the rest with `after`."""

    why: str = Field(
        description="`cases`: as many as were asked for; `time`: as long as a request may take.", examples=["cases"]
    )
    after: Id | None = Field(description="Null where not even one customer was told.")


class Assumption(Answer):
    """What is taken for granted."""

    code: str = Field(examples=["facts"])
    text: str


class Period(Answer):
    """From the first to the last day."""

    model_config = ConfigDict(validate_by_alias=True, serialize_by_alias=True)

    from_: Day = Field(alias="from")
    to: Day


class Simulation(Answer):
    """History told twice: `now` by the playbooks that there are, `then` by the other one. Nothing has been changed."""

    playbook: str = Field(examples=["standard"])
    version: int | None = Field(description="Null for what is not published.", examples=[None])
    replaces: list[str] = Field(examples=[["standard"]])
    period: Period
    cases: Count = Field(description="That follow it.")
    customers: Count
    differing: Count = Field(description="Cases whose timelines are not the same.")
    events: Count = Field(description="Read of the log.")
    truncated: Truncated | None
    passed_over: list[Id] = Field(description="Customers with too many bills.")
    steps: list[StepCompared]
    work: WorkCompared
    weeks: list[WeekCompared]
    roles: list[RoleCompared]
    milestones: list[MilestoneCompared]
    shifts: list[Shifted] = Field(description="The largest, at most 200.")
    levels: list[LevelMoved]
    level_changes: list[LevelChanged] = Field(description="At most 200.")
    samples: list[SampleCase]
    fidelity: Reproduced
    left_out: LeftOut
    assumptions: list[Assumption]
