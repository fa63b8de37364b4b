"""The playbooks that come with the service: a tenant has those that it published, of its own will or when it was made."""

from functools import cache
from importlib.resources import files

from service.store.database import Tx


@cache
def shipped_playbooks() -> dict[str, str]:
    """Their texts, by name."""
    folder = files("service") / "playbooks"
    found = {
        entry.name.removesuffix(".yaml"): entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".yaml")
    }
    return dict(sorted(found.items()))


def news(tx: Tx) -> frozenset[str]:
    """Of them, those whose text the tenant has never published."""
    texts = shipped_playbooks()
    known = tx.rows(
        """SELECT s.name FROM unnest(%(names)s::text[], %(texts)s::text[]) AS s(name, text)
            WHERE EXISTS (SELECT FROM playbooks p WHERE p.tenant = %(tenant)s AND p.name = s.name AND p.text = s.text)""",
        {"names": list(texts), "texts": list(texts.values())},
    )
    return frozenset(texts) - {name for (name,) in known}
