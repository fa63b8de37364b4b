"""The tenant's settings: every field, merged, checked, versioned."""

import msgspec
import pytest

from service.api.models.tenant import SettingsAnswer
from service.domain.settings import Settings
from tests.api.tenants import fits, problem

BANK = {"payee": "Dunlog Ltd", "bank": "Bank of China", "account": "6222", "reference": None}


def test_the_defaults_are_the_process_as_written(tenant):
    settings = fits(SettingsAnswer, tenant.get("/v1/settings", "viewer"))
    assert settings.keys() - {"version"} == set(Settings.__struct_fields__)
    assert settings["windows"] == [{"opens": "09:00", "closes": "11:30"}, {"opens": "13:30", "closes": "17:00"}]
    assert (settings["time_zone"], settings["country"], settings["pause_days"]) == ("Asia/Shanghai", "CN", 14)


@pytest.mark.parametrize(
    "change",
    [
        {"time_zone": "Europe/Berlin"},
        {"country": "DE"},
        {"language": "en"},
        {"windows": [{"opens": "08:00", "closes": "12:00"}]},
        {"in_time_on_next_open_day": False},
        {"drafts_count_on_receipt": True},
        {"automatic_release": True},
        {"confirmation_required": False},
        {"habit_bills": 5, "habit_late": 3, "habit_days": 10},
        {"promises_that_pause": 1, "promise_days": 45, "pause_days": 7},
        {"go_live_on": "2026-04-01"},
        {"segment_playbooks": {"risk": "standard"}},
        {"grace_days": {"preferred": 7}},
        {"banks": {"CNY": BANK}},
        {"company": "Dunlog Ltd"},
    ],
)
def test_every_field_can_be_changed(tenant, change):
    before = tenant.get("/v1/settings")
    changed = tenant.as_("admin").patch("/v1/settings", json=change)
    assert changed.status_code == 200, changed.text
    assert changed.json() == before | change | {"version": changed.json()["version"]}
    assert changed.json()["version"] > before["version"]
    assert tenant.get("/v1/settings") == changed.json()
    events = tenant.get("/v1/events", "admin", type="settings.changed")["data"]
    assert events[-1]["data"]["changed"] == sorted(change)
    assert events[-1]["version"] == changed.json()["version"]


def test_what_is_keyed_is_merged_and_null_removes(tenant):
    admin = tenant.as_("admin")
    admin.patch("/v1/settings", json={"banks": {"CNY": BANK}, "grace_days": {"preferred": 7}})
    merged = admin.patch("/v1/settings", json={"banks": {"USD": BANK}, "grace_days": {"standard": 3}}).json()
    assert sorted(merged["banks"]) == ["CNY", "USD"]
    assert merged["grace_days"] == {"preferred": 7, "standard": 3}
    fewer = admin.patch("/v1/settings", json={"banks": {"CNY": None}, "grace_days": {"preferred": None}}).json()
    assert (sorted(fewer["banks"]), fewer["grace_days"]) == (["USD"], {"standard": 3})


def test_what_changes_nothing_makes_no_version(tenant):
    before = tenant.get("/v1/settings")
    assert tenant.as_("admin").patch("/v1/settings", json={"pause_days": 14}).json() == before


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"time_zone": "Mars/Olympus"}, "/time_zone", "time_zone_unknown"),
        ({"time_zone": "../etc/passwd"}, "/time_zone", "time_zone_unknown"),
        ({"country": "XX"}, "/country", "country_unknown"),
        ({"country": "china"}, "/country", "pattern"),
        ({"windows": [{"opens": "12:00", "closes": "09:00"}]}, "/windows", "windows_order"),
        (
            {"windows": [{"opens": "09:00", "closes": "12:00"}, {"opens": "11:00", "closes": "13:00"}]},
            "/windows",
            "windows_order",
        ),
        ({"windows": []}, "/windows", "too_few"),
        ({"windows": [{"opens": "9", "closes": "12:00"}]}, "/windows/0/opens", "pattern"),
        ({"playbook": "none"}, "/playbook", "unknown_playbook"),
        ({"segment_playbooks": {"risk": "none"}}, "/segment_playbooks/risk", "unknown_playbook"),
        ({"banks": {"XYZ": BANK}}, "/banks/XYZ", "currency_unknown"),
        ({"banks": {"cny": BANK}}, "/banks/cny", "pattern"),
        ({"banks": {"CNY": {"payee": "x"}}}, "/banks/CNY/bank", "field_missing"),
        ({"habit_late": 4}, "/habit_late", "out_of_range"),
        ({"pause_days": -1}, "/pause_days", "out_of_range"),
        ({"pause_days": "14"}, "/pause_days", "wrong_type"),
        ({"colour": "red"}, "/colour", "unknown_field"),
        ({"go_live_on": "2026-02-30"}, "/go_live_on", "bad_date"),
        ({"company": None}, "/company", "wrong_type"),
        ({}, "", "nothing_to_change"),
    ],
)
def test_what_cannot_be_is_refused_whole(tenant, change, pointer, code):
    before = tenant.get("/v1/settings")
    response = tenant.as_("admin").patch("/v1/settings", json={"language": "en", **change} if change else change)
    assert problem(response)[0] == 422
    fault = response.json()["errors"][0]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert tenant.get("/v1/settings") == before


def test_if_match_binds_a_change_to_what_was_seen(tenant):
    etag = tenant.as_("admin").get("/v1/settings").headers["etag"]
    tenant.as_("admin").post("/v1/webhook-endpoints", json={"url": "https://example.com", "types": ["*"]})
    first = tenant.as_("admin").patch("/v1/settings", json={"pause_days": 7}, headers={"If-Match": etag})
    assert first.status_code == 200, "other changes of the tenant do not matter"
    assert first.headers["etag"] != etag
    stale = tenant.as_("admin").patch("/v1/settings", json={"pause_days": 8}, headers={"If-Match": etag})
    assert problem(stale) == (412, "stale")
    assert tenant.get("/v1/settings")["pause_days"] == 7


def test_a_change_binds_what_is_decided_next(tenant):
    tenant.as_("admin").patch("/v1/settings", json={"pause_days": 3})
    tenant.customer()
    tenant.bill("INV-1", issued_on="2026-01-05", due_on="2026-02-20")
    longer = tenant.as_("collector").post("/v1/cases/INV-1/pause", json={"until": "2026-03-06", "reason": "x"})
    assert problem(longer) == (403, "pause_too_long")


def test_a_stored_tenant_reads_back(tenant):
    tenant.as_("admin").patch(
        "/v1/settings", json={"windows": [{"opens": "08:00", "closes": "12:00"}], "country": "DE"}
    )
    with tenant.service.runtime.desk.open(tenant.name) as session:
        assert session.scene.settings == msgspec.convert(msgspec.to_builtins(session.scene.settings), Settings)
        assert session.scene.workdays.calendar.country == "DE"
