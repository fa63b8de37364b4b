"""What a step does when it fires: messages, tasks, escalations, requests, each leaving its trace on the case."""

from collections import Counter
from collections.abc import Generator
from typing import assert_never

from service.domain import playbook as p
from service.domain.account import Account, Happened, on_case
from service.domain.case import RANK, Case
from service.domain.clocks import anchor_of
from service.domain.conditions import forbids, meets
from service.domain.credit import STOP
from service.domain.customer import Contact, Customer
from service.domain.decide import holds, measures, messages, tasks
from service.domain.decide.gathering import PROPOSED_TO, Gathering
from service.domain.decide.occasion import Occasion
from service.domain.events.case import Decided, Escalated, Reminded, StepFired, StepSkipped
from service.domain.occurrences import day_of
from service.domain.offsets import add
from service.domain.scene import Scene

Told = Generator[Happened, None, bool]
"""Events, and whether one of them leaves the occurrence's trace on the case."""


class Acting:
    """Carries out occasions for one account; `listed` counts the bills that each message of this firing lists."""

    def __init__(self, account: Account, scene: Scene, gathering: Gathering) -> None:
        self.account = account
        self.scene = scene
        self.gathering = gathering
        self.listed: Counter[str] = Counter()

    def fire(self, id: str, occasion: Occasion, quietly: bool = False) -> Told:
        """The step's actions in their order; whatever they do, the occurrence is logged once at least. `quietly`: the
        customer has heard of what was missed by another step."""
        traced, did, why = False, [], "condition"
        for action in occasion.step.actions:
            case = self.account.cases[id]
            if not self._goes(case, occasion, action) or (quietly and p.reminds(action.deed)):
                continue
            if isinstance(action.deed, p.Escalate) and RANK[case.level] >= RANK[action.deed.level]:
                yield on_case(id, StepSkipped(**occasion.fields(), why="level_reached"))
                return True
            if self.account.customer.restrictions and p.reaches_out(action.deed):
                why = "restricted"
                continue
            traced = (yield from self._deed(case, occasion, action)) or traced
            did.append(_name(action.deed))
        if not traced:
            event = StepFired(**occasion.fields(), did=did) if did else StepSkipped(**occasion.fields(), why=why)
            yield on_case(id, event)
        return True

    def lines(self, case: Case, occasion: Occasion) -> set[str]:
        """The messages and tasks that will list the case when the occasion fires."""
        found = set()
        for deed in (a.deed for a in occasion.step.actions if self._goes(case, occasion, a)):
            if isinstance(deed, p.Message):
                to = self._addressed(case, deed)
                found |= {_line(deed, to.whose, contact) for contact in to.people}
            elif isinstance(deed, p.TaskWanted):
                found.add(deed.kind)
        return found

    def _goes(self, case: Case, occasion: Occasion, action: p.Action) -> bool:
        today, anchor = self.scene.today, occasion.anchor
        wanted = meets(action.when, case, self.account, today, anchor)
        return wanted and not forbids(action.unless, case, self.account, today, anchor)

    def _addressed(self, case: Case, deed: p.Message) -> messages.Addressed:
        return messages.addressed(self.account, case.level, deed.channel, deed.to, deed.service)

    def _deed(self, case: Case, occasion: Occasion, action: p.Action) -> Told:
        deed = action.deed
        match deed:
            case p.Message():
                return (yield from self._message(case, occasion, action, deed))
            case p.TaskWanted():
                return (yield from self._task(case, occasion, action, deed))
            case p.Escalate():
                return (yield from self._escalate(case, occasion, deed.level))
            case p.Request():
                return (yield from self._request(case, occasion, deed))
            case p.Notice():
                self.gathering.notice(action.rule or occasion.step.rule, deed.text, deed.audience, case.id)
            case p.Letter():
                self.gathering.letter(deed, occasion.step, case.id)
            case p.PutHold():
                yield from measures.hold_now(self.account, self.scene, [case.id], occasion.step)
            case p.Propose():
                self.gathering.notice(occasion.step.rule, f"propose_{deed.what}", (PROPOSED_TO[deed.what],), case.id)
            case _:
                assert_never(deed)
        return False

    def _message(self, case: Case, occasion: Occasion, action: p.Action, deed: p.Message) -> Told:
        rule = action.rule or occasion.step.rule
        if deed.channel not in self.scene.channels:
            yield on_case(case.id, StepSkipped(**occasion.fields(rule), why="channel_not_configured"))
            return True
        to = self._addressed(case, deed)
        if not to.people:
            self.gathering.find_contact(case, rule)
            yield on_case(case.id, StepSkipped(**occasion.fields(rule), why="no_contact"))
            return True
        for contact in to.people:
            slot = messages.slot(self.account, self.scene, contact, deed.channel, deed.service, to.whose)
            reminded = Reminded(
                **occasion.fields(rule),
                channel=deed.channel,
                template=deed.template,
                contact=contact.id,
                message=slot.message,
                slot=slot.at,
                service=deed.service,
                copy=deed.copy,
                bills=max(1, self.listed[_line(deed, to.whose, contact)]),
            )
            yield on_case(case.id, reminded)
        return True

    def _task(self, case: Case, occasion: Occasion, action: p.Action, deed: p.TaskWanted) -> Told:
        rule = action.rule or occasion.step.rule
        if deed.kind in ("call", "visit"):
            task = self.gathering.task(case, rule, deed)
            if task is None:
                return False
            channel = "phone" if deed.kind == "call" else "visit"
            bills = max(1, self.listed[deed.kind])
            yield on_case(case.id, Reminded(**occasion.fields(rule), channel=channel, task=task, bills=bills))
            return True
        if deed.kind == "find_contact":
            self.gathering.find_contact(case, rule)
            return False
        start = anchor_of(case, deed.due_start) if deed.due_start else occasion.begun
        due_on = day_of(case, deed.due, start, self.scene.workdays) if deed.due and start else None
        role, owner = ("collector", case.owner) if deed.role == "owner" else (deed.role, deed.role)
        if occasion.step.scope == "customer":
            joined = self.gathering.shared_task(case, rule, deed, due_on)
            if joined:
                yield on_case(case.id, StepFired(**occasion.fields(rule), did=[_name(deed)], task=joined))
            return joined is not None
        yield from tasks.open_own(case, self.scene, deed.kind, role, owner, rule, deed.why, due_on)
        return False

    def _escalate(self, case: Case, occasion: Occasion, level: str) -> Told:
        joining = self.gathering.joining(case.id)
        yield from tasks.raise_to_supervisor(self.account, self.scene, [case], joining)
        escalated = Escalated(
            **occasion.fields(),
            level=level,
            previous=case.level,
            reached_on=self.scene.today,
            missed_on=self.scene.today if occasion.is_missed else None,
        )
        yield on_case(case.id, escalated)
        if RANK[level] >= RANK["hold"]:
            yield from holds.keep(self.account)
        return True

    def _request(self, case: Case, occasion: Occasion, deed: p.Request) -> Told:
        """B8's joins: a standing hold takes the bill along, an open request too, and a fresh refusal binds it."""
        customer, scene = self.account.customer, self.scene
        missed_on = scene.today if occasion.is_missed else None
        if deed.kind in case.requests or _stands(case, deed):
            yield on_case(case.id, StepSkipped(**occasion.fields(), why="asked_already"))
            return True
        if deed.kind == p.CREDIT_STOP.kind and STOP in customer.credit:
            yield on_case(case.id, StepSkipped(**occasion.fields(), why="credit_stopped"))
            return True
        if customer.hold and any(isinstance(a.deed, p.PutHold) for a in deed.granted):
            if RANK[case.level] < RANK["hold"]:
                return (yield from self._escalate(case, occasion, "hold"))
            yield on_case(case.id, StepSkipped(**occasion.fields(), why="hold_stands"))
            return True
        refusal = customer.refusals.get(deed.kind)
        asked = deed.kind in customer.requests
        if refusal and not asked and deed.again and add(refusal.on, deed.again) > scene.today:
            yield on_case(case.id, StepFired(**occasion.fields(), did=["refused_lately"], missed_on=missed_on))
            refused = Decided(kind=deed.kind, outcome="rejected", on=refusal.on, approval=refusal.approval)
            yield on_case(case.id, refused)
            return True
        approval = self.gathering.request(deed, case, occasion.step.name, occasion.step.rule)
        fired = StepFired(
            **occasion.fields(), did=[f"request:{deed.kind}"], kind=deed.kind, approval=approval, missed_on=missed_on
        )
        yield on_case(case.id, fired)
        return True


def _stands(case: Case, deed: p.Request) -> bool:
    """Whether what is asked for was agreed and lasts; a letter may be asked for again."""
    answer = case.answers.get(deed.kind)
    lasts = not any(isinstance(action.deed, p.Letter) for action in deed.granted)
    return lasts and answer is not None and answer.outcome == "granted"


def _line(deed: p.Message, whose: Customer, contact: Contact) -> str:
    return f"{whose.id}~{contact.id}~{deed.channel}~{deed.service}"


def _name(deed: p.Deed) -> str:
    """What it did, in a word or two."""
    match deed:
        case p.Notice():
            return f"notice:{','.join(deed.audience)}"
        case p.TaskWanted():
            return f"task:{deed.kind}"
        case p.Letter():
            return f"letter:{deed.kind}"
        case p.Propose():
            return f"propose:{deed.what}"
        case _:
            return type(deed).__name__.lower()
