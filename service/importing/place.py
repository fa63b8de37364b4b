"""How far an import has come, kept beside its file so that the same command goes on after whatever stopped it."""

import hashlib
import json
from pathlib import Path

LOOKED_AT = 1024 * 1024


class Place:
    """The rows that are durable. Another file, map or tenant begins at its first row."""

    def __init__(self, path: Path | None, of: str, rows: int = 0) -> None:
        self.path = path
        self.of = of
        self.rows = rows

    def keep(self, rows: int) -> None:
        """So many rows are durable. Where it cannot be written, the next run begins at the first row: nothing doubles."""
        self.rows = rows
        if self.path is None:
            return
        fresh = self.path.with_name(self.path.name + ".new")
        try:
            fresh.write_text(json.dumps({"of": self.of, "rows": rows}))
            fresh.replace(self.path)
        except OSError:
            self.path = None

    def forget(self) -> None:
        """The file is through."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)


def found(file: Path, tenant: str, map_text: str, anew: bool) -> Place:
    """Where an earlier run of the same file, map and tenant stopped, else the beginning."""
    path = file.with_name(f"{file.name}.{tenant}.place")
    with file.open("rb") as opened:
        begins = opened.read(LOOKED_AT)
    parts = (tenant.encode(), str(file.stat().st_size).encode(), begins, map_text.encode())
    of = hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
    try:
        kept = json.loads(path.read_text())
        rows = int(kept["rows"]) if kept["of"] == of and not anew else 0
    except (OSError, ValueError, KeyError, TypeError):
        rows = 0
    return Place(path, of, rows)
