"""The settings as `dunlog settings` shows them: each with what it is for, and no secret."""

from typing import NamedTuple

from pydantic import SecretStr

from service.settings import Settings, variable

MASK = "********"


class Row(NamedTuple):
    name: str
    value: str
    default: str
    description: str


def describe(settings: Settings) -> list[Row]:
    """One row a setting: its variable, its value with secrets masked, its default, what it is for."""
    rows = []
    for field, info in Settings.model_fields.items():
        default = "" if info.default_factory else _shown(info.default)
        rows.append(Row(variable(field), _shown(getattr(settings, field)), default, info.description or ""))
    return rows


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case SecretStr():
            return MASK
        case tuple():
            return ", ".join(str(part) for part in value)
        case bool():
            return "true" if value else "false"
        case str() if "://" in value:
            return _without_password(value)
        case _:
            return str(value)


def _without_password(url: str) -> str:
    # libpq takes a password in the query as well
    scheme, _, rest = url.partition("://")
    account, at, host = rest.rpartition("@")
    user, colon, _ = account.partition(":")
    head, question, query = host.partition("?")
    shown = "&".join(f"{part.partition('=')[0]}={MASK}" if "password" in part else part for part in query.split("&"))
    return f"{scheme}://{user}{colon and ':' + MASK}{at}{head}{question}{shown}"
