"""Guards of what customers are as a whole: credit, restrictions, reviews, payment runs, owners."""

from tests.mutants.mutant import Mutant

_DECIDE = "service/domain/decide"
_STOP = "tests/scenarios/test_E_one_stop.py"

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
)
