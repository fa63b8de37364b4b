"""Our own people: the directory, absences and superiors; and who the key stands for."""

import pytest

from service.api.models.users import MeAnswer, UserAnswer
from service.api.roles import ROLES
from tests.api.tenants import fits, problem

LI_NA = {
    "name": "Li Na",
    "title": "Collector",
    "phone": "+86 21 5555 0101",
    "email": "li.na@example.com",
    "role": "collector",
}


def test_me_says_who_the_key_stands_for(tenant):
    for role in ROLES:
        me = fits(MeAnswer, tenant.get("/v1/me", role))
        assert (me["tenant"], me["kind"], me["user"], me["role"]) == (tenant.name, "sandbox", role, role)
        assert ("approve" in me["rights"]) == (
            role in {"supervisor", "manager", "general_manager", "boss", "finance", "legal"}
        )
        assert me["now"] == "2026-03-02T10:00:00+08:00"
    assert tenant.as_("collector", "li.na").get("/v1/me").json()["user"] == "li.na"


def test_a_user_is_put_read_and_changed(tenant):
    admin = tenant.as_("admin")
    boss = admin.put("/v1/users/chen", json={"name": "Chen", "role": "boss"})
    assert boss.status_code == 201, boss.text
    away = {"from": "2026-03-09", "until": "2026-03-13", "cover": "chen"}
    made = admin.put("/v1/users/li.na", json=LI_NA | {"reports_to": "chen", "away": away})
    assert made.headers["location"] == "/v1/users/li.na"
    user = fits(UserAnswer, made.json())
    assert user == {"id": "li.na", **LI_NA, "language": None, "reports_to": "chen", "away": away}
    assert tenant.get("/v1/users", "collector")["data"] == [boss.json(), user]
    assert tenant.get("/v1/users/li.na", "finance") == user
    same = admin.put("/v1/users/li.na", json=LI_NA | {"reports_to": "chen", "away": away})
    assert (same.status_code, same.json()) == (200, user)
    fewer = admin.put("/v1/users/li.na", json={"name": "Li Na", "role": "supervisor"})
    assert fewer.json() == dict.fromkeys(user) | {"id": "li.na", "name": "Li Na", "role": "supervisor"}
    events = tenant.get("/v1/events", "admin", type="user.changed")["data"]
    assert [event["data"]["user"] for event in events] == ["chen", "li.na", "li.na"]
    assert "Li Na" not in str([event["data"] for event in events]), "names are private"


def test_phone_and_address_are_for_those_who_work_with_them(tenant):
    """In the directory as in the log: viewers and the ERP see who somebody is, not how to reach them."""
    tenant.as_("admin").put("/v1/users/li.na", json=LI_NA)
    for role in sorted(ROLES):
        told = [tenant.get("/v1/users", role)["data"][0], tenant.get("/v1/users/li.na", role)]
        (event,) = tenant.get("/v1/events", role, type="user.changed")["data"]
        if role in ("viewer", "erp"):
            assert [(one["name"], one["phone"], one["email"]) for one in told] == [(LI_NA["name"], None, None)] * 2
            assert event["private"] is None
        else:
            assert [(one["phone"], one["email"]) for one in told] == [(LI_NA["phone"], LI_NA["email"])] * 2
            assert event["private"]["contacts"]["li.na"]["phone"] == LI_NA["phone"]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"reports_to": "nobody"}, "/reports_to", "unknown_user"),
        ({"reports_to": "li.na"}, "/reports_to", "reports_in_circle"),
        ({"away": {"from": "2026-03-09", "until": "2026-03-08"}}, "/away/until", "away_order"),
        ({"away": {"from": "2026-03-09", "until": "2026-03-10", "cover": "nobody"}}, "/away/cover", "unknown_user"),
        ({"away": {"until": "2026-03-10"}}, "/away/from", "field_missing"),
        ({"role": "king"}, "/role", "not_one_of"),
        ({"name": ""}, "/name", "too_short"),
        ({"email": "no address"}, "/email", "pattern"),
        ({"salary": 1}, "/salary", "unknown_field"),
    ],
)
def test_a_user_that_cannot_be_is_refused(tenant, change, pointer, code):
    response = tenant.as_("admin").put("/v1/users/li.na", json=LI_NA | change)
    assert problem(response) == (422, code)
    assert response.json()["errors"][0]["pointer"] == pointer
    assert tenant.get("/v1/users")["data"] == []


def test_nobody_stands_above_themselves(tenant):
    admin = tenant.as_("admin")
    for user, above in (("a", None), ("b", "a"), ("c", "b")):
        assert (
            admin.put(f"/v1/users/{user}", json={"name": user, "role": "manager", "reports_to": above}).status_code
            == 201
        )
    circle = admin.put("/v1/users/a", json={"name": "a", "role": "manager", "reports_to": "c"})
    assert problem(circle) == (422, "reports_in_circle")


def test_ids_that_cannot_be_and_other_tenants_users_are_not_found(tenant, stranger):
    stranger.as_("admin").put("/v1/users/li.na", json=LI_NA)
    assert problem(tenant.as_("viewer").get("/v1/users/li.na")) == (404, "unknown_user")
    assert problem(tenant.as_("admin").put(f"/v1/users/{'x' * 65}", json=LI_NA)) == (404, "unknown_user")
    assert tenant.get("/v1/users")["data"] == []
