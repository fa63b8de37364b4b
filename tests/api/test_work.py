"""What people do about one bill and about all of a customer's: contact log, promises, pauses, owners, notes, contacts."""

import pytest

from tests.api.tenants import problem

OVERDUE = {"issued_on": "2026-01-05", "due_on": "2026-02-20"}


@pytest.fixture
def owed(tenant):
    """A customer with two overdue bills and one that is not yet due."""
    tenant.customer()
    tenant.bill("INV-1", amount="1000.00", **OVERDUE)
    tenant.bill("INV-2", amount="500.00", issued_on="2026-01-05", due_on="2026-02-25")
    tenant.bill("INV-3", amount="70.00")
    return tenant


def log_of(tenant, case: str) -> list[str]:
    return [event["type"] for page in tenant.pages(f"/v1/cases/{case}/events") for event in page]


def test_a_call_is_recorded_on_the_case(owed):
    body = {"channel": "phone", "contact": "zhang", "outcome": "reached", "willingness": "yes", "notes": "Pays Friday."}
    response = owed.as_("collector").post("/v1/cases/INV-1/contact-log", json=body)
    assert response.status_code == 201, response.text
    assert response.headers["location"] == "/v1/cases/INV-1/events"
    assert response.json()["position"]
    assert "contact.logged" in log_of(owed, "INV-1")


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        ({"channel": "phone", "outcome": "reached", "contact": "nobody"}, 422, "unknown_contact", "/contact"),
        ({"channel": "phone"}, 422, "field_missing", "/outcome"),
        ({"channel": "phone", "outcome": "reached", "mood": "good"}, 422, "unknown_field", "/mood"),
    ],
)
def test_a_record_that_makes_no_sense_is_refused(owed, body, status, code, pointer):
    response = owed.as_("collector").post("/v1/cases/INV-1/contact-log", json=body)
    assert problem(response) == (status, code)
    assert response.json()["errors"][0]["pointer"] == pointer
    assert "contact.logged" not in log_of(owed, "INV-1")


@pytest.mark.parametrize(
    ("path", "body", "code", "pointer"),
    [
        ("cases/INV-1/contact-log", {"channel": "fax", "outcome": "reached"}, "not_one_of", "/channel"),
        ("customers/C-1/contact-log", {"channel": "fax", "outcome": "reached"}, "not_one_of", "/channel"),
        ("tasks/any/complete", {"channel": "fax", "outcome": "reached"}, "not_one_of", "/channel"),
        ("cases/INV-1/contact-log", {"channel": "phone", "outcome": "reached", "point": "fax"}, "not_one_of", "/point"),
        (
            "customers/C-1/contacts",
            {"id": "li", "name": "Li", "role": "other", "fax": "+86 21 5555 0101"},
            "unknown_field",
            "/fax",
        ),
    ],
)
def test_C8_fax_is_refused_wherever_a_channel_or_a_way_to_reach_a_person_is_named(owed, path, body, code, pointer):
    response = owed.as_("supervisor").post(f"/v1/{path}", json=body)
    assert problem(response) == (422, code)
    assert [one["pointer"] for one in response.json()["errors"]] == [pointer]
    assert "contact.logged" not in log_of(owed, "INV-1")


def test_a_next_step_becomes_a_task(owed):
    body = {"channel": "phone", "outcome": "reached", "next_step": "call again", "next_on": "2026-03-06"}
    assert owed.as_("collector", "li.na").post("/v1/cases/INV-1/contact-log", json=body).status_code == 201
    (task,) = owed.get("/v1/tasks", kind="follow_up")["data"]
    assert (task["owner"], task["due_on"], task["cases"]) == ("li.na", "2026-03-06", ["INV-1"])
    late = owed.as_("collector").post("/v1/cases/INV-1/contact-log", json=body | {"next_on": "2026-03-01"})
    assert problem(late) == (422, "date_in_past")


def test_a_third_party_learns_nothing(owed):
    person = {"id": "li", "name": "Li", "role": "relative", "phone": "1"}
    refused = owed.as_("collector").post("/v1/customers/C-1/contacts", json=person | {"may_receive_details": True})
    assert problem(refused) == (422, "third_party_details")
    added = owed.as_("collector").post("/v1/customers/C-1/contacts", json=person)
    assert (added.status_code, added.json()["may_receive_details"]) == (201, False)
    body = {"channel": "phone", "outcome": "promised", "contact": "li", "point": "relative"}
    assert problem(owed.as_("collector").post("/v1/cases/INV-1/contact-log", json=body)) == (422, "third_party")


def test_after_how_many_misses_a_contact_is_lost_is_the_tenants_choice(owed):
    assert owed.get("/v1/settings")["lost_after"] == 3
    assert owed.as_("admin").patch("/v1/settings", json={"lost_after": 1}).status_code == 200
    body = {"channel": "phone", "outcome": "not_reached", "contact": "zhang"}
    assert owed.as_("collector").post("/v1/cases/INV-1/contact-log", json=body).status_code == 201
    (task,) = owed.get("/v1/tasks", kind="lost_contact")["data"]
    assert (task["role"], task["contact"], task["why_code"]) == ("supervisor", "zhang", "task.lost_contact")


def test_a_promise_answers_itself_and_pauses_the_case(owed):
    body = {"amount": "1000.00", "due_on": "2026-03-13", "promised_by": "Zhang Wei"}
    response = owed.as_("collector").post("/v1/cases/INV-1/promises", json=body)
    assert response.status_code == 201, response.text
    assert response.headers["location"] == "/v1/cases/INV-1/promises"
    promise = response.json()
    assert promise | body == promise
    assert (promise["case"], promise["state"], promise["currency"]) == ("INV-1", "open", "CNY")
    assert owed.get("/v1/cases/INV-1")["paused"]["reason"] == "promise"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"amount": "1000.01", "due_on": "2026-03-13"}, 422, "promise_too_large"),
        ({"amount": "10.001", "due_on": "2026-03-13"}, 422, "money_precision"),
        ({"amount": "0", "due_on": "2026-03-13"}, 422, "amount_not_positive"),
        ({"amount": 1000, "due_on": "2026-03-13"}, 422, "amount_as_number"),
        ({"due_on": "2026-03-01"}, 422, "date_in_past"),
        ({"due_on": "2026-05-13"}, 403, "promise_too_far"),
        ({"due_on": "9999-12-31"}, 422, "date_out_of_range"),
        ({"due_on": "soon"}, 422, "bad_date"),
    ],
)
def test_a_promise_that_cannot_be_is_refused(owed, body, status, code):
    assert problem(owed.as_("collector").post("/v1/cases/INV-1/promises", json=body)) == (status, code)
    assert "promise.made" not in log_of(owed, "INV-1")


def test_a_promise_far_ahead_is_a_supervisors(owed):
    response = owed.as_("supervisor").post("/v1/cases/INV-1/promises", json={"due_on": "2026-05-13"})
    assert response.status_code == 201
    again = owed.as_("supervisor").post("/v1/cases/INV-1/promises", json={"due_on": "2026-05-13"})
    assert problem(again) == (409, "promise_open")


def test_a_pause_and_its_end(owed):
    paused = owed.as_("collector").post("/v1/cases/INV-1/pause", json={"until": "2026-03-16", "reason": "They move."})
    assert paused.status_code == 200, paused.text
    assert paused.json()["cases"] == ["INV-1"]
    assert owed.get("/v1/cases/INV-1")["paused"] == {"reason": "manual", "until": "2026-03-16"}
    preview = owed.as_("supervisor").post("/v1/cases/INV-1/resume?preview=true", json={})
    (coming,) = preview.json()["cases"]
    assert coming["case"] == "INV-1"
    assert coming["next_action"]["at"].startswith("2026-03-03T09:00"), "not before the next open day"
    assert coming["next_action"]["why"]
    assert {one["channel"]: (one["at"][:16], one["cases"]) for one in preview.json()["contacts"]} == {
        "email": ("2026-03-03T09:00", ["INV-1"]),
        "phone": ("2026-03-03T09:00", ["INV-1"]),
    }
    assert owed.get("/v1/cases/INV-1")["paused"], "a preview changes nothing"
    assert owed.as_("supervisor").post("/v1/cases/INV-1/resume", json={}).status_code == 200
    assert owed.get("/v1/cases/INV-1")["paused"] is None
    for query in ("", "?preview=true"):
        assert problem(owed.as_("supervisor").post(f"/v1/cases/INV-1/resume{query}", json={})) == (409, "not_paused")


def test_a_collectors_pause_has_a_fortnight(owed):
    body = {"until": "2026-03-17", "reason": "They move."}
    assert problem(owed.as_("collector").post("/v1/cases/INV-1/pause", json=body)) == (403, "pause_too_long")
    assert problem(owed.as_("collector").post("/v1/cases/INV-1/pause", json=body | {"reason": " "})) == (
        422,
        "reason_required",
    )
    assert owed.as_("supervisor").post("/v1/cases/INV-1/pause", json=body).status_code == 200


def test_a_case_is_given_to_somebody(owed):
    refused = owed.as_("supervisor").post("/v1/cases/INV-1/assign", json={"owner": "li.na"})
    assert problem(refused) == (422, "unknown_user")
    owed.as_("admin").put("/v1/users/li.na", json={"role": "collector", "name": "Li Na"})
    assert owed.as_("supervisor").post("/v1/cases/INV-1/assign", json={"owner": "li.na"}).status_code == 200
    assert owed.get("/v1/cases/INV-1")["owner"] == "li.na"
    assert owed.as_("supervisor").post("/v1/cases/INV-1/assign", json={"owner": "li.na"}).json()["position"] is None
    assert log_of(owed, "INV-1").count("case.assigned") == 1


def test_a_note_is_kept_beside_the_log(owed):
    response = owed.as_("legal").post("/v1/cases/INV-1/notes", json={"text": "Asks for the delivery note."})
    assert response.status_code == 201
    assert "note.added" in log_of(owed, "INV-1")


def test_if_match_binds_a_command_to_what_was_seen(owed):
    etag = owed.as_("supervisor").get("/v1/cases/INV-1").headers["etag"]
    first = owed.as_("supervisor").post("/v1/cases/INV-1/notes", json={"text": "1"}, headers={"If-Match": etag})
    assert first.status_code == 201, first.text
    stale = owed.as_("supervisor").post("/v1/cases/INV-1/notes", json={"text": "2"}, headers={"If-Match": etag})
    assert problem(stale) == (412, "stale")
    for matching in ("*", '"99", {}'):
        matching = matching.format(owed.as_("supervisor").get("/v1/cases/INV-1").headers["etag"])
        more = owed.as_("supervisor").post("/v1/cases/INV-1/notes", json={"text": "3"}, headers={"If-Match": matching})
        assert more.status_code == 201, more.text
    bad = owed.as_("supervisor").post("/v1/cases/INV-1/notes", json={"text": "4"}, headers={"If-Match": "17"})
    assert problem(bad) == (400, "if_match_invalid")
    customer = owed.as_("supervisor").get("/v1/customers/C-1").headers["etag"]
    hold = {"reason": "Three bills."}
    assert problem(owed.as_("boss").post("/v1/customers/C-1/hold", json=hold, headers={"If-Match": '"1234"'}))[0] == 412
    assert owed.as_("boss").post("/v1/customers/C-1/hold", json=hold, headers={"If-Match": customer}).status_code == 202


def test_a_customers_promise_is_split_oldest_due_first(owed):
    response = owed.as_("collector").post(
        "/v1/customers/C-1/promises", json={"amount": "1200.00", "due_on": "2026-03-13"}
    )
    assert response.status_code == 201, response.text
    assert response.headers["location"] == "/v1/customers/C-1"
    assert [(one["case"], one["amount"]) for one in response.json()["data"]] == [
        ("INV-1", "1000.00"),
        ("INV-2", "200.00"),
    ]
    assert problem(owed.as_("collector").post("/v1/customers/C-1/promises", json={"due_on": "2026-03-13"})) == (
        409,
        "nothing_overdue",
    )


def test_a_customers_bills_are_paused_and_resumed_together(owed):
    body = {"until": "2026-03-10", "reason": "Stock-taking."}
    paused = owed.as_("collector").post("/v1/customers/C-1/pause", json=body)
    assert paused.json()["cases"] == ["INV-1", "INV-2"], "the overdue ones"
    longer = owed.as_("collector").post(
        "/v1/customers/C-1/pause", json=body | {"until": "2026-03-12", "cases": ["INV-3"]}
    )
    assert longer.json()["cases"] == ["INV-3"]
    preview = owed.as_("supervisor").post("/v1/customers/C-1/resume?preview=true", json={})
    assert [one["case"] for one in preview.json()["cases"]] == ["INV-1", "INV-2"]
    assert owed.as_("supervisor").post("/v1/customers/C-1/resume", json={}).json()["cases"] == ["INV-1", "INV-2"]
    assert problem(owed.as_("supervisor").post("/v1/customers/C-1/resume", json={})) == (409, "nothing_overdue")


def test_a_customers_record_and_note_stand_on_every_overdue_bill(owed):
    record = {"channel": "visit", "outcome": "promised"}
    assert owed.as_("collector").post("/v1/customers/C-1/contact-log", json=record).status_code == 201
    assert owed.as_("collector").post("/v1/customers/C-1/notes", json={"text": "Friendly."}).status_code == 201
    for case in ("INV-1", "INV-2"):
        assert {"contact.logged", "note.added"} <= set(log_of(owed, case))
    assert not {"contact.logged", "note.added"} & set(log_of(owed, "INV-3"))
    owed.customer("C-9")
    assert owed.as_("collector").post("/v1/customers/C-9/contact-log", json=record).status_code == 201
    assert owed.as_("collector").post("/v1/customers/C-9/notes", json={"text": "New."}).status_code == 201


def test_only_the_customers_own_bills_can_be_named(owed):
    owed.customer("C-2")
    owed.bill("INV-9", customer="C-2")
    body = {"until": "2026-03-10", "reason": "Stock-taking."}
    for cases, code in ((["INV-1", "INV-9"], "other_customer"), (["INV-1", "NO-1"], "unknown_invoice")):
        response = owed.as_("supervisor").post("/v1/customers/C-1/pause", json=body | {"cases": cases})
        assert problem(response) == (422, code)
        assert response.json()["errors"][0]["pointer"] == "/cases/1"
    assert owed.get("/v1/cases/INV-1")["paused"] is None


def test_a_hold_and_its_release_are_asked_for(owed):
    asked = owed.as_("manager").post("/v1/customers/C-1/hold", json={"reason": "No answer."})
    assert asked.status_code == 202, asked.text
    approval = asked.json()
    assert asked.headers["location"] == f"/v1/approvals/{approval['id']}"
    assert (approval["kind"], approval["state"], approval["role"]) == ("hold", "open", "boss")
    assert (approval["asked_by"], approval["reason"], approval["expires_on"]) == ("manager", "No answer.", "2026-04-01")
    again = owed.as_("manager").post("/v1/customers/C-1/hold", json={"reason": "No answer."})
    assert problem(again) == (409, "request_open")
    assert problem(owed.as_("manager").post("/v1/customers/C-1/release", json={"reason": "Paid."})) == (409, "no_hold")
    assert owed.as_("boss").post(f"/v1/approvals/{approval['id']}/grant", json={}).json()["state"] == "granted"
    assert owed.get("/v1/customers/C-1/credit")["may_ship"] is False
    release = owed.as_("manager").post("/v1/customers/C-1/release", json={"reason": "Paid."}).json()
    assert owed.as_("boss").post(f"/v1/approvals/{release['id']}/grant", json={}).status_code == 200
    assert owed.get("/v1/customers/C-1/credit")["may_ship"] is True


def test_a_person_is_found_corrected_and_marked(owed):
    contacts = "/v1/customers/C-1/contacts"
    found = owed.as_("collector").post(contacts, json={"id": "wang", "name": "Wang Fang", "role": "decision_maker"})
    assert found.status_code == 201, found.text
    assert found.headers["location"] == f"{contacts}/wang"
    assert found.json()["may_receive_details"] is True
    twice = owed.as_("collector").post(contacts, json={"id": "wang", "name": "Wang"})
    assert problem(twice) == (409, "contact_exists")
    changed = owed.as_("collector").patch(f"{contacts}/wang", json={"email": "wang@example.com", "mark": "left"})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["name"], changed.json()["mark"]) == ("Wang Fang", "left")
    back = owed.as_("collector").patch(contacts, json={"id": "wang", "mark": None, "title": "CFO"})
    assert (back.json()["mark"], back.json()["title"], back.json()["email"]) == (None, "CFO", "wang@example.com")
    cleared = owed.as_("collector").patch(f"{contacts}/wang", json={"title": None})
    assert cleared.json()["title"] is None
    made = owed.as_("collector").post(contacts, json={"name": "Chen"})
    assert made.json()["id"]
    stored = {one["id"]: one for one in owed.get("/v1/customers/C-1")["contacts"]}
    assert stored["wang"]["email"] == "wang@example.com"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("PATCH", "/nobody", {"title": "CFO"}, 404, "unknown_contact"),
        ("PATCH", "", {"title": "CFO"}, 422, "field_missing"),
        ("PATCH", "/zhang", {"id": "wang", "title": "CFO"}, 422, "id_differs"),
        ("PATCH", "/zhang", {}, 422, "nothing_to_change"),
        ("POST", "", {"name": "A\nB"}, 422, "control_character"),
        ("POST", "", {"name": "Chen", "email": "no address"}, 422, "pattern"),
        ("POST", "", {"id": "x" * 65, "name": "Chen"}, 422, "pattern"),
    ],
)
def test_a_contact_that_makes_no_sense_is_refused(owed, method, path, body, status, code):
    response = owed.as_("collector").request(method, f"/v1/customers/C-1/contacts{path}", json=body)
    assert problem(response) == (status, code)


def test_a_closed_case_takes_no_promise_and_no_pause(owed):
    owed.post("invoice.voided", invoice="INV-1")
    for act, body in (("promises", {"due_on": "2026-03-13"}), ("pause", {"until": "2026-03-13", "reason": "x"})):
        assert problem(owed.as_("supervisor").post(f"/v1/cases/INV-1/{act}", json=body)) == (409, "case_closed")
