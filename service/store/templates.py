"""A company's own templates of letters, as the log tells them: every version there ever was."""

from typing import Any

from service.store.database import Tx


def versions(tx: Tx, language: str, kind: str) -> list[dict[str, Any]]:
    """Of one template, oldest first: `version`, `published_at` and `texts`, None where ours was put back."""
    return tx.dicts(
        """SELECT (data->>'version')::int AS version, recorded_at AS published_at, data->'texts' AS texts FROM events
            WHERE tenant = %(tenant)s AND stream = 'tenant' AND type = 'template.published'
              AND data->>'language' = %(language)s AND data->>'kind' = %(kind)s
            ORDER BY events.version""",
        {"language": language, "kind": kind},
    )
