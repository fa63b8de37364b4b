"""Guards of what goes: a person erased, a tenant deleted, and what is kept for a time only."""

from tests.mutants.mutant import Mutant

_LAST = "migrations/versions/0005_a_tenant_can_be_deleted.py"
_DISPOSAL = "tests/store/test_disposal.py"
_ERASURE = "tests/journeys/test_erasure.py"
_LOG = "tests/store/test_log.py"

MUTANTS = (
    Mutant(
        "a trigger refuses to rewrite the log (I23)",
        _LAST,
        "BEFORE UPDATE OR TRUNCATE ON events",
        "BEFORE TRUNCATE ON events",
        f"{_LOG}::test_nobody_rewrites_the_log",
    ),
    Mutant(
        "a trigger refuses to lose events (I23)",
        _LAST,
        "WHERE id = gone.tenant AND delete_after <= transaction_timestamp()))",
        "WHERE id = gone.tenant))",
        f"{_DISPOSAL}::test_the_owner_deletes_no_event_of_anybody_else",
    ),
    Mutant(
        "an owner sees one tenant at a time (I31)",
        _LAST,
        "TO CURRENT_USER USING ({tenant} = {THIS_TENANT})",
        "TO CURRENT_USER USING (true)",
        f"{_DISPOSAL}::test_an_owner_who_is_no_superuser_is_bound_to_one_tenant_and_can_delete_it",
    ),
    Mutant(
        "a closed tenant is not there any more",
        "service/store/tenants.py",
        'WHERE id = %(tenant)s AND delete_after IS NULL"',
        'WHERE id = %(tenant)s"',
        f"{_DISPOSAL}::test_a_closed_tenant_stands_still_and_a_reopened_one_goes_on",
    ),
    Mutant(
        "who began before a tenant was closed is waited for",
        "service/engine/disposal.py",
        "        _wait(desk, id, closed, patience)\n",
        "",
        f"{_DISPOSAL}::test_what_was_under_way_when_it_was_closed_is_waited_for",
    ),
    Mutant(
        "one deletion of a tenant at a time",
        "service/engine/disposal.py",
        '            raise Conflict("tenant_being_deleted", None, tenant=id)',
        "            pass",
        f"{_DISPOSAL}::test_two_do_not_delete_at_once",
    ),
    Mutant(
        "a tenant made anew is not taken for the old one",
        "service/engine/desk.py",
        "if known and known.created_at != clock.created_at:",
        "if False:",
        f"{_DISPOSAL}::test_the_same_name_begins_anew_for_those_who_remember_the_old_one",
    ),
    Mutant(
        "an erasure takes what a person was told (I34)",
        "service/engine/erase.py",
        "    messages.erase(tx, customer, contact, now)\n",
        "",
        f"{_ERASURE}::test_I34_no_byte_of_an_erased_person_is_left",
    ),
    Mutant(
        "an erasure takes stored answers (I34)",
        "service/engine/erase.py",
        "    inbox.forget_answers(tx, customer)\n",
        "",
        f"{_ERASURE}::test_I34_no_byte_of_an_erased_person_is_left",
    ),
    Mutant(
        "an erasure takes words that name the person (I34)",
        "service/engine/erase.py",
        "body = person.left_out_of({**one.body, **inner})",
        "body = {**one.body, **inner}",
        f"{_ERASURE}::test_I34_no_byte_of_an_erased_person_is_left",
    ),
    Mutant(
        "the planner takes no samples of people's words (I34)",
        "migrations/versions/0003_a_person_can_be_erased.py",
        "SET STATISTICS 0",
        "SET STATISTICS 100",
        f"{_ERASURE}::test_I34_no_byte_of_an_erased_person_is_left",
    ),
    Mutant(
        "a repeat of what was erased does nothing (I21)",
        "service/engine/handle.py",
        "if earlier.is_erased:",
        "if False:",
        "tests/store/test_erasing.py::test_a_request_that_an_erasure_overtook_is_neither_done_again_nor_answered",
    ),
    Mutant(
        "what is still to be sent is kept (I26)",
        "service/store/expiry.py",
        "if (one.stream, one.version) not in waiting]",
        "]",
        "tests/store/test_expiry.py::test_what_is_still_to_be_sent_stays_and_holds_nothing_up",
    ),
    Mutant(
        "a statement names its tenant in every table",
        "service/store/balances.py",
        "c.tenant = %(tenant)s AND c.customer = k.id",
        "c.tenant = k.tenant AND c.customer = k.id",
        "tests/store/test_partitions.py::test_the_service_touches_one_partition_of_a_table",
    ),
)
