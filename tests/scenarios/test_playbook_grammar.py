"""The playbooks' grammar: every kind of mistake with its path and code; `standard` is clean and in the rules' order."""

from typing import Any

import pytest

from service.domain.grammar import Mistake, read
from service.domain.offsets import text
from service.domain.playbook import Playbook
from tests.examples import STANDARD, STANDARD_TEXT, yaml_data

PLAIN = """
grammar: 1
name: plain
ladders:
  - ladder: collection
    start: due
    while: {stage: [collection]}
    steps:
      - {step: first, rule: B2, at: P1D, do: [{message: {template: overdue}}]}
      - {step: manager, rule: B6, at: P1M, do: [{escalate: manager}]}
"""
STEP = ("ladders", 0, "steps", 0)


def mistakes(data: Any) -> list[tuple[tuple[str | int, ...], str]]:
    found = read(data)
    assert isinstance(found, list), "no mistake was found"
    return [(one.path, one.code) for one in found]


def with_step(**changes: Any) -> Any:
    data = yaml_data(PLAIN)
    data["ladders"][0]["steps"][0] |= {("while" if k == "while_" else k): v for k, v in changes.items()}
    return data


def with_ladder(**changes: Any) -> Any:
    data = yaml_data(PLAIN)
    data["ladders"][0] |= {("while" if k == "while_" else k): v for k, v in changes.items()}
    return data


def doing(**deed: Any) -> Any:
    return with_step(do=[deed])


def test_a_plain_playbook_is_clean():
    assert isinstance(read(yaml_data(PLAIN)), Playbook)


DO = (*STEP, "do", 0)


@pytest.mark.parametrize(
    ("data", "path", "code"),
    [
        # shapes
        ([], (), "shape"),
        ("text", (), "shape"),
        ({"grammar": "2", "name": "x", "ladders": []}, ("grammar",), "shape"),
        ({"grammar": "1", "name": "x", "ladders": [], "owner": "me"}, (), "shape"),
        ({"grammar": "1", "name": "x", "ladders": ["collection"]}, ("ladders", 0), "shape"),
        (with_ladder(scope="planet"), ("ladders", 0, "scope"), "shape"),
        (with_step(sms="yes"), STEP, "shape"),
        (with_step(do="call"), (*STEP, "do"), "shape"),
        (with_step(catch_up="all"), (*STEP, "catch_up"), "shape"),
        (with_step(while_={"confirmed": "maybe"}), (*STEP, "while", "confirmed"), "shape"),
        (with_step(when={"days_overdue_at_least": "many"}), (*STEP, "when", "days_overdue_at_least"), "shape"),
        # empty
        (with_step(do=[]), (*STEP, "do"), "empty"),
        (with_step(at=[]), (*STEP, "at"), "empty"),
        # distances and days
        (with_step(at="7 days"), (*STEP, "at"), "offset_format"),
        (with_step(at="P1DT2H"), (*STEP, "at"), "offset_format"),
        (with_step(at="P9999Y"), (*STEP, "at"), "offset_range"),
        (with_step(at={"offset": "P1D", "open_days": "3"}), (*STEP, "at"), "at_unknown"),
        (with_step(at={"hours": "3"}), (*STEP, "at"), "at_unknown"),
        (with_step(at={"day": "32"}), (*STEP, "at", "day"), "whole_number"),
        (with_step(at={"open_days": "soon"}), (*STEP, "at", "open_days"), "whole_number"),
        (with_step(at={"offset": "P1D", "parameter": "patience"}), (*STEP, "at", "parameter"), "word_unknown"),
        (with_step(never_after="later"), (*STEP, "never_after"), "offset_format"),
        (with_step(wait={"for": "P1D"}), (*STEP, "wait"), "wait_unknown"),
        (with_step(wait={"without_progress": "long"}), (*STEP, "wait", "without_progress"), "offset_format"),
        # repetition
        (with_step(every="P1D"), (*STEP, "every"), "repetition_without_end"),
        (with_step(every="P0D", until="closed"), STEP, "repetition_stands_still"),
        (with_step(every="-P1D", until="closed"), STEP, "repetition_stands_still"),
        (with_step(every="P1D", times="0"), (*STEP, "times"), "whole_number"),
        (with_step(every="P1D", until="tired"), (*STEP, "until"), "offset_format"),
        (with_step(every="P1D", until={"level": "emperor"}), (*STEP, "until", "level"), "word_unknown"),
        (with_step(every="P1D", until=["level"]), (*STEP, "until"), "until_unknown"),
        (with_step(at="now", every="P1D", until="closed"), STEP, "now_is_once"),
        # starts
        (with_ladder(start="midsummer"), ("ladders", 0, "start"), "start_unknown"),
        (with_step(start={"level": "emperor"}), (*STEP, "start", "level"), "word_unknown"),
        (with_step(start={"letter": "love"}), (*STEP, "start", "letter"), "word_unknown"),
        (with_step(start={"weekday": "8"}), (*STEP, "start", "weekday"), "whole_number"),
        (with_step(start={"weekday": "1"}), STEP, "calendar_needs_scope"),
        (with_ladder(scope="tenant", while_=None), STEP, "scope_needs_calendar"),
        (with_ladder(select={"segment": "risk"}), STEP, "select_needs_scope"),
        (with_ladder(select={"mood": "risk"}), ("ladders", 0, "select"), "word_unknown"),
        (with_ladder(select={"segment": "rich"}), ("ladders", 0, "select", "segment"), "word_unknown"),
        # conditions
        (with_ladder(while_={"habit": "pays_late"}), ("ladders", 0, "while", "habit"), "while_not_own"),
        (with_step(while_={"segment": ["risk"]}), (*STEP, "while", "segment"), "while_not_own"),
        (with_step(while_={"stage": ["dreaming"]}), (*STEP, "while", "stage", 0), "word_unknown"),
        (with_step(when={"level": ["emperor"]}), (*STEP, "when", "level", 0), "word_unknown"),
        (with_step(when={"last_outcome": ["tears"]}), (*STEP, "when", "last_outcome", 0), "word_unknown"),
        (with_step(unless={"segment": ["rich"]}), (*STEP, "unless", "segment", 0), "word_unknown"),
        (with_step(when={"habit": "sleeps_late"}), (*STEP, "when", "habit"), "shape"),
        (with_step(when={"weather": "good"}), (*STEP, "when"), "shape"),
        (with_step(when={"without_progress": "long"}), (*STEP, "when", "without_progress"), "offset_format"),
        (
            with_step(when={"amount_at_least": {"CNY": "1.001"}}),
            (*STEP, "when", "amount_at_least", "CNY"),
            "money_precision",
        ),
        (
            with_step(when={"amount_at_least": {"XXX": "1"}}),
            (*STEP, "when", "amount_at_least", "XXX"),
            "currency_unknown",
        ),
        # actions
        (with_step(do=["call"]), (*STEP, "do", 0), "shape"),
        (doing(sing="loudly"), DO, "action_unknown"),
        (with_step(do=[{"escalate": "manager", "hold": "shipments"}]), DO, "action_unknown"),
        (doing(message={"channel": "email"}), (*DO, "message"), "shape"),
        (doing(message={"template": "x", "channel": "fax"}), (*DO, "message", "channel"), "shape"),
        (doing(message={"template": "x", "to": ["mother"]}), (*DO, "message", "to", 0), "word_unknown"),
        (doing(message={"template": "x", "copy": "press"}), (*DO, "message", "copy"), "word_unknown"),
        (doing(task={"kind": "call", "why": "x", "role": "emperor"}), (*DO, "task", "role"), "word_unknown"),
        (doing(task={"kind": "sing", "why": "x"}), (*DO, "task", "kind"), "word_unknown"),
        (doing(task={"kind": "call"}), (*DO, "task"), "shape"),
        (doing(task={"kind": "call", "why": "x", "requires": ["mood"]}), (*DO, "task", "requires", 0), "word_unknown"),
        (doing(task={"kind": "call", "why": "x", "due": "soon"}), (*DO, "task", "due"), "offset_format"),
        (doing(notice={"audience": ["press"], "text": "x"}), (*DO, "notice", "audience", 0), "word_unknown"),
        (doing(notice={"audience": [], "text": "x"}), (*DO, "notice", "audience"), "audience_empty"),
        (doing(letter={"kind": "love"}), (*DO, "letter", "kind"), "word_unknown"),
        (doing(escalate="emperor"), (*DO, "escalate"), "word_unknown"),
        (doing(escalate="none"), (*DO, "escalate"), "word_unknown"),
        (doing(hold="breath"), (*DO, "hold"), "word_unknown"),
        (doing(propose="marriage"), (*DO, "propose"), "word_unknown"),
        (doing(request={"kind": "hold"}), (*DO, "request"), "request_shape"),
        (doing(request={"kind": "x", "role": "boss", "granted": []}), (*DO, "request", "kind"), "word_unknown"),
        (
            doing(request={"kind": "hold", "role": "boss", "granted": [{"escalate": "manager"}]}),
            (*DO, "request", "granted", 0),
            "cannot_wait_for_grant",
        ),
        # what reads well and is wrong
        (with_step(step="manager"), ("ladders", 0, "steps", 1), "step_twice"),
        (doing(escalate="general_manager"), ("ladders", 0, "steps", 1), "level_out_of_order"),
        (with_step(while_={"stage": ["review"]}), STEP, "can_never_fire"),
        (with_step(while_={"stage": ["closed"]}), STEP, "can_never_fire"),
        (with_step(start={"level": "legal"}), STEP, "can_never_fire"),
        (with_step(start={"answered": "hold"}), STEP, "can_never_fire"),
        (with_step(start={"granted": "hold"}), STEP, "can_never_fire"),
        (with_step(start={"letter": "urgent"}), STEP, "can_never_fire"),
        (with_step(start="confirmed", while_={"confirmed": "false"}), STEP, "can_never_fire"),
        (with_step(while_={"level": ["manager"]}, every="P1D", until={"level": "manager"}), STEP, "can_never_fire"),
        (with_step(every="P1D", until="due"), STEP, "can_never_fire"),
        (with_step(at="P9D", every="P1D", until="P5D"), STEP, "can_never_fire"),
        (with_step(never_after="P0D"), STEP, "can_never_fire"),
    ],
)
def test_each_mistake_is_found_where_it_stands(data, path, code):
    assert (path, code) in mistakes(data)


def on_the_calendar(scope, select=None, **step):
    data = with_ladder(scope=scope, start="every_day", select=select or {})
    step = {"step": "look", "rule": "A1", "do": [{"notice": {"audience": ["sales"], "text": "x"}}], **step}
    data["ladders"][0] = {**data["ladders"][0], "steps": [step]}
    del data["ladders"][0]["while"]
    return data


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (on_the_calendar("tenant", when={"segment": ["risk"]}), "condition_needs_case"),
        (on_the_calendar("tenant", **{"while": {"stage": ["collection"]}}), "condition_needs_case"),
        (on_the_calendar("tenant", do=[{"escalate": "manager"}]), "action_needs_customer"),
        (on_the_calendar("tenant", do=[{"task": {"kind": "call", "why": "overdue"}}]), "action_needs_customer"),
        (on_the_calendar("customer", select={"without_bill_for": "previous_month"}), "select_needs_tenant"),
        (on_the_calendar("customer", at="P1D"), "calendar_comes_by_itself"),
        (on_the_calendar("tenant", at="now"), "calendar_comes_by_itself"),
        (on_the_calendar("customer", every="P7D", until="closed"), "calendar_comes_by_itself"),
        (on_the_calendar("customer", **{"while": {"stage": ["review"]}}), "can_never_fire"),
        (on_the_calendar("customer", **{"while": {"level": ["none"]}}), "calendar_needs_when"),
    ],
)
def test_what_a_scope_cannot_do_is_found(data, code):
    assert mistakes(data) == [(STEP, code)]


def test_a_customers_steps_may_do_and_ask_all_that_a_bills_may():
    kinds = [
        {"message": {"template": "overdue"}},
        {"task": {"kind": "deduct", "why": "x"}},
        {"letter": {"kind": "statement"}},
        {"escalate": "supervisor"},
        {"hold": "shipments"},
        {"propose": "credit_stop"},
        {"request": {"kind": "hold", "role": "boss", "granted": [{"hold": "shipments"}]}},
    ]
    asked = {"days_overdue_at_least": "60", "habit": "pays_late"}
    assert isinstance(read(on_the_calendar("customer", do=kinds, when=asked, until="closed")), Playbook)


def test_parameters_are_whole_days_by_segment():
    for value, path, code in [
        ({"grace": {"preferred": "P1M"}}, ("parameters", "grace", "preferred"), "whole_days"),
        ({"grace": {"preferred": "seven"}}, ("parameters", "grace", "preferred"), "offset_format"),
        ({"grace": {"rich": "P7D"}}, ("parameters", "grace", "rich"), "word_unknown"),
        ({"patience": {"risk": "P7D"}}, ("parameters", "patience"), "word_unknown"),
    ]:
        assert mistakes({**yaml_data(PLAIN), "parameters": value}) == [(path, code)]


def test_all_mistakes_are_shown_at_once_and_say_what_is_known():
    data = with_step(at="soon")
    data["ladders"][0]["steps"][1]["do"] = [{"escalate": "emperor"}]
    data["ladders"].append({"ladder": "more", "start": "midsummer", "steps": []})
    found = read(data)
    assert isinstance(found, list)
    assert [one.code for one in found] == ["offset_format", "word_unknown", "start_unknown"]
    assert found[1] == Mistake(
        ("ladders", 0, "steps", 1, "do", 0, "escalate"),
        "word_unknown",
        {"given": "emperor", "known": "formal, general_manager, hold, legal, manager, supervisor"},
    )


# standard


def test_standard_is_clean_and_carries_every_rule_of_A_and_B():
    rules = {step.rule for step in STANDARD.steps} | {a.rule for s in STANDARD.steps for a in s.actions if a.rule}
    whole = {f"A{n}" for n in range(1, 11)} | {f"B{n}" for n in range(1, 10)}
    assert rules == whole
    assert "grammar: 1" in STANDARD_TEXT


def test_standard_stands_in_the_order_and_at_the_distances_of_the_rules():
    def stands(ladder: str) -> list[str]:
        return [
            f"{step.name} {step.start.name or step.start.fact} {','.join(text(at.offset) for at in step.at if at.offset)}"
            for step in STANDARD.steps
            if step.ladder == ladder
        ]

    assert stands("confirmation") == [
        "confirm-first-week statement P2D,P4D,P6D",
        "confirm-daily statement P8D",
        "confirm-supervisor statement P14D",
    ]
    assert stands("collection") == [
        "due-soon due -P7D",
        "overdue-first-week due P1D,P3D,P5D,P7D",
        "overdue-daily due P8D",
        "overdue-weekly manager P7D",
        "overdue-supervisor due P14D",
        "overdue-manager due P1M",
        "overdue-general-manager due P2M",
        "ask-hold due P3M",
        "tell-of-hold hold P0D",
        "ask-formal-letter hold P7D",
        "ask-lawyers-letter formal P14D",
        "legal-decides legal P14D",
    ]
