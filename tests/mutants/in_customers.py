"""Guards of what customers are as a whole: credit, restrictions, reviews, payment runs, owners."""

from tests.mutants.mutant import Mutant

_DECIDE = "service/domain/decide"
_STOP = "tests/scenarios/test_E_one_stop.py"
_FAMILY = "tests/scenarios/test_E_families.py"

MUTANTS = (
    Mutant(
        "nothing is asked of what is stopped (E3)",
        f"{_DECIDE}/acting.py",
        "if deed.kind == p.CREDIT_STOP.kind and STOP in customer.credit:",
        "if False:",
        f"{_STOP}::test_E3_nothing_is_asked_of_what_is_stopped",
    ),
    Mutant(
        "the daily look asks nothing while somebody has asked (E3)",
        f"{_DECIDE}/credit.py",
        "if STOP in customer.credit or CREDIT_STOP.kind in customer.requests:",
        "if STOP in customer.credit:",
        f"{_STOP}::test_E3_look_and_playbook_on_one_day_ask_once",
    ),
    Mutant(
        "however a playbook wants credit stopped, finance is asked the same (E3)",
        "service/domain/grammar.py",
        "deed=p.CREDIT_STOP) if stops else found",
        "deed=p.CREDIT_STOP) if False else found",
        f"{_STOP}::test_E3_what_is_asked_for_is_the_same_whoever_asks",
    ),
    Mutant(
        "a parent that may not be contacted is not written to for its children (E5)",
        "service/domain/account.py",
        "if head and not head.customer.restrictions else None",
        "if head else None",
        f"{_FAMILY}::test_E_where_the_parent_is_not_to_be_had_the_child_is_written_to_itself",
    ),
    Mutant(
        "families have two generations",
        f"{_DECIDE}/customers.py",
        "if known[id].customer.parent:",
        "if False:",
        f"{_FAMILY}::test_E_families_have_two_generations",
    ),
    Mutant(
        "children that are not locked make a parent too",
        f"{_DECIDE}/customers.py",
        "children = {one for one in account.kin.children(customer.id) if one not in known}",
        "children: set[str] = set()",
        f"{_FAMILY}::test_E_children_that_are_not_at_hand_count_too",
    ),
    Mutant(
        "a child is worked on only with its parent",
        "service/engine/families.py",
        "sorted(wanted | _parents(session, asks, wanted))",
        "sorted(wanted)",
        "tests/store/test_families.py::test_a_child_is_worked_on_only_with_its_parent",
    ),
    Mutant(
        "a message to a parent waits while something is due for a child (C3)",
        "service/store/messages.py",
        '{others if families else ""}',
        "",
        "tests/store/test_families.py::test_a_message_to_a_parent_waits_while_something_is_due_for_a_child",
    ),
    Mutant(
        "a former parent learns nothing more (C7)",
        "service/engine/compose.py",
        "if child.parent != one.customer.id:",
        "if False:",
        "tests/journeys/test_families.py::test_C7_a_former_parent_learns_nothing_more",
    ),
)
