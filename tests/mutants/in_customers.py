"""Guards of what customers are as a whole: credit, restrictions, reviews, payment runs, owners."""

from tests.mutants.mutant import Mutant

_DECIDE = "service/domain/decide"
_GUARDS = "tests/scenarios/test_E_guards.py"
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
        "service/engine/leaving.py",
        "if child.parent != one.customer.id:",
        "if False:",
        "tests/journeys/test_families.py::test_C7_a_former_parent_learns_nothing_more",
    ),
    Mutant(
        "the feed's same word of a restriction is no new one (E5)",
        f"{_DECIDE}/restrictions.py",
        "[one for one in customer.restrictions if one not in before]",
        "[one for one in customer.restrictions if True]",
        f"{_GUARDS}::test_E5_the_feeds_same_word_again_is_no_new_one",
    ),
    Mutant(
        "a call that ends with a restriction names its own bills (E5)",
        f"{_DECIDE}/restrictions.py",
        "if case.tasks.get(kind) == task.id]",
        "if True]",
        f"{_GUARDS}::test_E5_a_call_that_ends_names_the_bills_that_stood_in_it",
    ),
    Mutant(
        "given to whose it is nothing happens (E6)",
        f"{_DECIDE}/owners.py",
        "if customer.owner == old and new != old:",
        "if customer.owner == old:",
        f"{_GUARDS}::test_E6_given_to_whose_it_is_nothing_happens",
    ),
    Mutant(
        "a customer's task goes along once (E6)",
        f"{_DECIDE}/owners.py",
        "if kind not in CONSOLIDATED | SEVERAL and account",
        "if account",
        f"{_GUARDS}::test_E6_a_customers_task_goes_along_once_though_its_bills_know_of_it",
    ),
    Mutant(
        "who is named alone has no turn (E6)",
        f"{_DECIDE}/owners.py",
        "if len(rule.to) == 1 or customer.taken_by in rule.to:",
        "if customer.taken_by in rule.to:",
        f"{_GUARDS}::test_E6_who_is_named_alone_has_no_turn",
    ),
    Mutant(
        "a new due date that passes makes a key account's bill the manager's again (E1)",
        f"{_DECIDE}/key_accounts.py",
        "(mark and mark.anchor == case.due_on)",
        "mark",
        f"{_GUARDS}::test_E1_a_new_due_date_that_passes_makes_it_the_managers_again",
    ),
    Mutant(
        "a payment run asks for what is collected (E7)",
        f"{_DECIDE}/payment_runs.py",
        'case.stage == "collection" and case.pause is None',
        "case.pause is None",
        f"{_GUARDS}::test_E7_a_bill_that_waits_for_its_confirmation_is_not_asked_for",
    ),
    Mutant(
        "a bill joins the call of a payment run once (E7)",
        f"{_DECIDE}/payment_runs.py",
        'if not tasks.is_in(account, case, "call")]',
        "if True]",
        f"{_GUARDS}::test_E7_a_bill_that_stands_in_the_call_already_does_not_join_it_again",
    ),
    Mutant(
        "a bill that rises below the hold does not keep it (B10)",
        f"{_DECIDE}/acting.py",
        '        yield on_case(case.id, escalated)\n        if RANK[level] >= RANK["hold"]:',
        "        yield on_case(case.id, escalated)\n        if True:",
        f"{_GUARDS}::test_B10_a_bill_that_rises_below_the_hold_leaves_its_release_as_it_was_proposed",
    ),
)
