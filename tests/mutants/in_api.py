"""Guards at the edge: keys, roles, cursors, limits."""

from tests.mutants.mutant import Mutant

MUTANTS = (
    Mutant(
        "a role does what it may",
        "service/api/roles.py",
        "if role not in admitted(right):",
        "if False:",
        "tests/api/test_rights.py::test_a_role_without_the_right_is_refused_before_anything_is_read",
    ),
    Mutant(
        "a revoked key is worth nothing",
        "service/api/guards.py",
        ' or row["revoked_at"]',
        "",
        "tests/api/test_keyring.py::test_a_revoked_key_is_worth_nothing_on_every_replica_after_five_seconds",
    ),
    Mutant(
        "a key is remembered for seconds",
        "service/api/guards.py",
        "known.principal if known and time.monotonic() < known.until else None",
        "known.principal if known else None",
        "tests/api/test_keyring.py::test_a_revoked_key_is_worth_nothing_on_every_replica_after_five_seconds",
    ),
    Mutant(
        "a key needs its secret",
        "service/api/guards.py",
        ' or not keys.matches(parts, bytes(row["digest"]))',
        "",
        "tests/api/test_keyring.py::test_a_key_with_another_secret_is_none",
    ),
    Mutant(
        "a cursor is ours",
        "service/api/cursors.py",
        "if not hmac.compare_digest(mac, self._mac(content)):",
        "if False:",
        "tests/api/test_cursors.py::test_every_changed_sign_is_found",
    ),
    Mutant(
        "a cursor is bound to tenant and filters",
        "service/api/cursors.py",
        " or found.filters != self._hash(tenant, filters)",
        "",
        "tests/api/test_cursors.py::test_it_is_bound_to_tenant_list_filters_and_house",
    ),
    Mutant(
        "an idempotency key names one request (I21)",
        "service/api/acts.py",
        "if seen.content != known.content:",
        "if False:",
        "tests/api/test_idempotency.py::test_another_body_or_path_under_the_same_key_is_refused",
    ),
    Mutant(
        "an idempotency key is taken once (I21)",
        "service/api/acts.py",
        "    if seen is None:\n        return None\n    if seen.content",
        "    if seen is None or True:\n        return None\n    if seen.content",
        "tests/api/test_idempotency.py::test_settings_endpoints_and_users_give_the_same_guarantees",
    ),
    Mutant(
        "a key names one path (I21)",
        "service/api/guards.py",
        'request.scope["path"].encode(), body',
        "body",
        "tests/api/test_idempotency.py::test_another_body_or_path_under_the_same_key_is_refused",
    ),
    Mutant(
        "settings are bound to what was seen (If-Match)",
        "service/api/etags.py",
        "if condition is not None and not condition.admits(current):",
        "if False:",
        "tests/api/test_settings.py::test_if_match_binds_a_change_to_what_was_seen",
    ),
    Mutant(
        "a body has an end",
        "service/api/bodies.py",
        "                if len(body) > largest:\n",
        "                if False:\n",
        "tests/api/test_hostile_requests.py::test_of_ten_megabytes_no_more_than_one_is_read",
    ),
    Mutant(
        "compressed bodies are refused",
        "service/api/bodies.py",
        'if content not in ("", "identity") or transfer not in ("", "chunked"):',
        "if False:",
        "tests/api/test_hostile_requests.py::test_compressed_bodies_are_refused_unread",
    ),
    Mutant(
        "a body has so many levels",
        "service/api/bodies.py",
        "    if too_deep(value):\n",
        "    if False:\n",
        "tests/api/test_problems.py::TestBodies::test_bad_json",
    ),
    Mutant(
        "private words are for those who work with them",
        "service/api/entries.py",
        "if may_read_texts(principal) else {}",
        "if True else {}",
        "tests/api/test_feed.py::test_private_words_are_for_those_who_work_with_them",
    ),
)
