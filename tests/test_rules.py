"""Every rule of the process has tests that bear its name, and so has every rule that a shipped playbook gives as its reason."""

import re
from itertools import takewhile
from pathlib import Path

import pytest

from tests.examples import SHIPPED, a_playbook

LAST = {"T": 7, "A": 12, "B": 10, "C": 14, "D": 8, "E": 7, "F": 2, "H": 2, "I": 2, "J": 2}
"""How many rules each chapter has."""

RULES = [f"{chapter}{n}" for chapter, last in LAST.items() for n in range(1, last + 1)]
NAMED = re.findall(
    r"^ *def test_(\w+)", "\n".join(file.read_text("utf-8") for file in Path(__file__).parent.rglob("test_*.py")), re.M
)


def named_after(rule: str) -> list[str]:
    """The tests whose names hold the rule's id before their sentence begins."""
    return [name for name in NAMED if rule in takewhile(re.compile(r"[A-Z]\d*").fullmatch, name.split("_"))]


@pytest.mark.parametrize("rule", [*RULES, "G", "K"])
def test_the_rule_has_tests_of_its_name(rule):
    assert named_after(rule)


def test_the_playbooks_name_rules_that_there_are():
    named = {
        action.rule or step.rule
        for text in SHIPPED.values()
        for step in a_playbook(text).steps
        for action in step.actions
    }
    assert {one for one in named if not one.startswith("G-")} <= set(RULES)
    procedures = {one.removeprefix("G-") for one in named if one.startswith("G-")}
    assert procedures == {"ageing", "early", "employee", "hotel", "phone", "pressure"}
    assert [one for one in procedures if not any(name.startswith(f"G_{one}_") for name in NAMED)] == []
