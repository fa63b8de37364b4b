"""Guards of what is agreed with customers and of what they contest: plans, disputes, extensions, discounts."""

from tests.mutants.mutant import Mutant

_DECIDE = "service/domain/decide"
_SCENARIOS = "tests/scenarios"

MUTANTS = (
    Mutant(
        "a second broken promise raises the case, the first does not (D2)",
        f"{_DECIDE}/broken.py",
        "if case.promises_broken < FROM_THE or ",
        "if ",
        f"{_SCENARIOS}/test_D_broken.py::test_D2_the_first_is_forgiven_and_the_second_raises_the_case_a_level",
    ),
    Mutant(
        "a plan sums to what is open (D3)",
        f"{_DECIDE}/plans.py",
        "if total(parts) != owed:",
        "if False:",
        f"{_SCENARIOS}/test_D_plans.py::test_D3_plans_that_make_no_sense_are_refused",
    ),
    Mutant(
        "a plan above a limit waits for consent (D3)",
        f"{_DECIDE}/plans.py",
        "if _needs_consent(parts, cases[0].currency, scene):",
        "if False:",
        f"{_SCENARIOS}/test_D_plans.py::test_D3_consent_above_a_limit_of_amount_parts_or_days",
    ),
    Mutant(
        "a plan is granted only while it is still what is open (D3)",
        f"{_DECIDE}/plans.py",
        "if not fits or parts[0].due_on < scene.today:",
        "if False:",
        f"{_SCENARIOS}/test_D_plans.py::test_a_request_whose_first_day_has_passed_is_refused_as_stale",
    ),
    Mutant(
        "the bills of a plan fall with one another (D3)",
        f"{_DECIDE}/instalments.py",
        "if one.id != id and _shares(one, plan_id)]",
        "if False]",
        f"{_SCENARIOS}/test_D_plans.py::test_D3_all_the_bills_of_a_plan_fall_with_one_another",
    ),
    Mutant(
        "extensions add up from the first due date (D4)",
        f"{_DECIDE}/due_dates.py",
        "    first = case.first_due_on or case.due_on\n",
        "    first = case.due_on\n",
        f"{_SCENARIOS}/test_D_extensions.py::test_D4_consent_beyond_the_days_counted_from_the_first_due_date",
    ),
    Mutant(
        "what is disputed is not asked for (D5)",
        "service/domain/case.py",
        "return max(0, self.undisputed - drafts - planned)",
        "return max(0, self.open - drafts - planned)",
        f"{_SCENARIOS}/test_D_disputes.py::test_D5_a_dispute_of_all_pauses_the_case_without_an_end",
    ),
    Mutant(
        "a dispute that nobody resolves is told (D5)",
        "service/domain/deadlines.py",
        "        if dispute.until:\n",
        "        if False:\n",
        f"{_SCENARIOS}/test_D_disputes.py::test_D5_after_seven_days_the_owners_superior_is_told_once",
    ),
    Mutant(
        "no more is conceded than is disputed (D5)",
        f"{_DECIDE}/disputes.py",
        "if conceded > dispute.amount:",
        "if False:",
        f"{_SCENARIOS}/test_D_disputes.py::test_D5_no_more_can_be_conceded_than_is_disputed",
    ),
    Mutant(
        "a discount is earned in time or not at all (D6)",
        f"{_DECIDE}/discounts.py",
        "if case.open + _late(case, discount) > discount.amount:\n        return",
        "if case.open > discount.amount:\n        return",
        f"{_SCENARIOS}/test_D_discounts.py::test_D6_all_the_rest_and_in_time",
    ),
    Mutant(
        "what was not earned after all is taken back (D6)",
        f"{_DECIDE}/payments.py",
        "            yield from discounts.check_withdrawn(account, scene, id)\n",
        "",
        f"{_SCENARIOS}/test_D_discounts.py::test_D6_a_bounced_payment_takes_it_back_and_restores_what_was_open",
    ),
    Mutant(
        "a discount beyond a share waits for consent (D6)",
        f"{_DECIDE}/discounts.py",
        "if _needs_consent(case, amount, scene):",
        "if False:",
        f"{_SCENARIOS}/test_D_discounts.py::test_D6_consent_above_a_share_or_an_amount",
    ),
)
