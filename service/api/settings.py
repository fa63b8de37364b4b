"""What the tenant chooses of the process: read, and changed field by field, each change a version in the log."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends
from msgspec.structs import replace
from starlette.responses import Response

from service.api import etags
from service.api.acts import Asking, Read, Reply, administer, asks
from service.api.approvals import waits
from service.api.bodies import CommandRoute
from service.api.models.problems import responses
from service.api.models.tenant import APPROVERS, SettingsAnswer, SettingsPatch
from service.api.models.work import ApprovalAnswer
from service.api.problems import Fault, invalid
from service.api.roles import Right
from service.domain.directory import Directory
from service.domain.money import MoneyError, is_currency, parse
from service.domain.settings import Settings, loosens
from service.domain.tenant import Tenant
from service.engine import consents
from service.engine.administer import Change, settings_changed
from service.store import codec, endpoints, people, tenants
from service.store.calendars import UnknownCountry, published
from service.store.database import Tx
from service.store.laws import OWN, shipped

router = APIRouter(prefix="/v1/settings", tags=["settings"], route_class=CommandRoute)

_CHANGES: dict[int | str, dict[str, Any]] = {
    202: {"model": ApprovalAnswer, "description": "It waits for consent."},
    **responses(409, 412, 422),
}
_LIMITS = ("plan_amounts", "extension_amounts", "discount_amounts")
_BY_KEY = ("segment_playbooks", "grace_days", "banks", "consents", "write_off_limits", "provision_rates", *_LIMITS)
"""Fields that are merged entry by entry."""


@router.get("", response_model=SettingsAnswer, summary="The settings")
def get_settings(asking: Annotated[Asking, Depends(asks(Right.READ))]) -> Response:
    """As they stand, with the defaults of what was never set. The `ETag` is what `If-Match` of a change names."""
    with asking.house.desk.open(asking.tenant) as session:
        return _reply(session.scene.settings, tenants.settings_version(session.tx)).response()


@router.patch("", response_model=SettingsAnswer, responses=_CHANGES, summary="Change settings")
def change(body: SettingsPatch, asking: Annotated[Asking, Depends(asks(Right.SETTINGS))]) -> Response:
    """Absent fields stay. `banks`, `segment_playbooks`, `grace_days`, `provision_rates` and limits are merged by key (a
    currency, for write-offs a role, for `consents` what needs one); null removes an entry. A change that takes a consent away
    needs that consent, and with `consents` of `limits` so does one by which less would need anybody's.

    What was decided stays decided; alarms not yet rung are computed anew. The history is `settings.changed` in the feed.
    """
    given = body.changes()

    with asking.house.desk.open(asking.tenant) as session:
        pass

    def decide(tx: Tx, tenant: Tenant) -> tuple[Sequence[Change], Reply | Read]:
        version = tenants.settings_version(tx)
        etags.check(asking.request.headers.get("if-match"), etags.etag(version))
        new = _merged(tenant.settings, given)
        _check(tx, tenant, new)
        if role := loosened(tenant.settings, new):
            asked = consents.ask(
                tenant, asking.asker, session.scene.today, "settings", "consents", role, _deed(tenant.settings, new), None
            )
            return [asked], lambda tx: waits(asking, replace(session, tx=tx), asked)
        changes = settings_changed(tx, tenant, new)
        return changes, _reply(new, tenant.version + 1 if changes else version)

    return administer(asking, decide)


def loosened(old: Settings, new: Settings) -> str | None:
    """The role whose consent would no longer be needed, or which guards the limits of others': it has to consent to that;
    of several the highest."""
    lost = [role for kind, role in old.consents.items() if new.consents.get(kind) != role]
    if "limits" in old.consents and loosens(old, new):
        lost.append(old.consents["limits"])
    return max(lost, key=APPROVERS.index, default=None)


def _deed(old: Settings, new: Settings) -> dict[str, Any]:
    """The fields that move, as they are and as they are to be."""
    was, will = codec.load(codec.encode(old)), codec.load(codec.encode(new))
    moved = [name for name in will if will[name] != was[name]]
    return {"fields": {name: will[name] for name in moved}, "was": {name: was[name] for name in moved}}


def _merged(old: Settings, given: dict[str, Any]) -> Settings:
    plain: dict[str, Any] = msgspec.to_builtins(old)
    if "windows" in given:
        windows = [{name: f"{time[:5]}:00" for name, time in window.items()} for window in given["windows"]]
        given = {**given, "windows": windows}
    for name, value in given.items():
        if name in _BY_KEY:
            entries = {**plain[name], **value}
            plain[name] = {key: entry for key, entry in entries.items() if entry is not None}
        else:
            plain[name] = value
    return msgspec.convert(plain, Settings)


def _check(tx: Tx, tenant: Tenant, new: Settings) -> None:
    found = [*_calendar_faults(new), *_playbook_faults(tenant, new), *_other_faults(new)]
    if new.assignment != tenant.settings.assignment:
        found += _assignment_faults(new, people.known(tx, tenant))
    if new.sms_gateway and new.sms_gateway != tenant.settings.sms_gateway and not endpoints.get(tx, new.sms_gateway):
        found.append(Fault("/sms_gateway", "unknown_endpoint", {"endpoint": new.sms_gateway}))
    if found:
        raise invalid(found)


def _calendar_faults(new: Settings) -> list[Fault]:
    try:
        calendar = published(new.country)
    except UnknownCountry:
        return [Fault("/country", "country_unknown", {"country": new.country})]
    try:
        new.workdays(calendar)
    except ValueError:
        pass
    else:
        return []
    try:
        Settings(time_zone=new.time_zone).workdays(calendar)
    except ValueError:
        return [Fault("/time_zone", "time_zone_unknown", {"given": new.time_zone})]
    return [Fault("/windows", "windows_order")]


def _playbook_faults(tenant: Tenant, new: Settings) -> list[Fault]:
    named = {"/playbook": new.playbook} | {f"/segment_playbooks/{s}": p for s, p in new.segment_playbooks.items()}
    return [
        Fault(where, "unknown_playbook", {"playbook": name})
        for where, name in named.items()
        if name not in tenant.playbooks
    ]


def _other_faults(new: Settings) -> list[Fault]:
    found = [
        Fault(f"/banks/{code}", "currency_unknown", {"currency": code}) for code in new.banks if not is_currency(code)
    ]
    found += _limit_faults(new)
    if new.law is not None and new.law not in (*shipped(), OWN):
        known = ", ".join((*shipped(), OWN))
        found.append(Fault("/law", "law_unknown", {"given": new.law, "known": known}))
    if new.habit_late > new.habit_bills:
        found.append(Fault("/habit_late", "out_of_range", {"limit": new.habit_bills}))
    return found


def _limit_faults(new: Settings) -> Iterator[Fault]:
    limits = {f"/{name}": getattr(new, name) for name in _LIMITS}
    limits |= {f"/write_off_limits/{role}": amounts for role, amounts in new.write_off_limits.items()}
    for where, amounts in limits.items():
        yield from _amount_faults(where, amounts)


def _amount_faults(where: str, amounts: Mapping[str, str]) -> Iterator[Fault]:
    for currency, amount in amounts.items():
        try:
            if parse(amount, currency) < 0:
                yield Fault(f"{where}/{currency}", "amount_not_positive", {})
        except MoneyError as error:
            yield Fault(f"{where}/{currency}", error.code, {"given": amount, "currency": currency})


def _assignment_faults(new: Settings, directory: Directory) -> Iterator[Fault]:
    """Owners are people of the directory."""
    for n, rule in enumerate(new.assignment):
        yield from _amount_faults(f"/assignment/{n}/amounts", rule.amounts)
        for m, user in enumerate(rule.to):
            if user not in directory.users:
                yield Fault(f"/assignment/{n}/to/{m}", "unknown_user", {"user": user})


def _reply(settings: Settings, version: int) -> Reply:
    plain: dict[str, Any] = codec.load(codec.encode(settings))
    windows = [{name: time[:5] for name, time in window.items()} for window in plain["windows"]]
    answer = SettingsAnswer.model_validate({**plain, "windows": windows, "version": version})
    return Reply(answer, etag=etags.etag(version))
