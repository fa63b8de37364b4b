"""The rows that were not taken, with why, in a file of the same kind: mended, it can be imported itself."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from service.importing.tables import Row

WHY = ("rejected_line", "rejected_event", "rejected_code", "rejected_why")


class Rejects:
    """Appends to its file, which is made with the first rejection. `columns` are a table's; without them lines of JSON."""

    def __init__(self, path: Path, columns: list[str], anew: bool) -> None:
        self.path = path
        self.columns = columns
        self._text = io.StringIO()
        self._table = csv.writer(self._text)
        self._anew = anew

    def add(self, row: Row, type: str | None, problem: dict[str, Any]) -> None:
        """One more, in memory."""
        said = "; ".join(one["detail"] for one in problem["errors"]) if problem.get("errors") else problem["detail"]
        places = [one["pointer"] for one in problem.get("errors") or () if one["pointer"]]
        why = f"{', '.join(places)}: {said}" if places else said
        if row.cells is not None:
            cells = [row.cells.get(column, "") for column in self.columns]
            self._table.writerow([*cells, row.line, type or "", problem["code"], why])
        else:
            assert row.text is not None
            told = {"rejectedline": row.line, "rejectedcode": problem["code"], "rejectedwhy": why}
            self._text.write(json.dumps(_event(row.text.text or b"") | told, ensure_ascii=False) + "\n")

    def keep(self) -> None:
        """What was added is in the file, which is none when nothing has been."""
        if self._anew:
            self.path.unlink(missing_ok=True)
            self._anew = False
        if not self._text.tell():
            return
        new = not self.path.exists()
        with self.path.open("a", encoding="utf-8", newline="") as file:
            if new and self.columns:
                csv.writer(file).writerow([*self.columns, *WHY])
            file.write(self._text.getvalue())
        self._text.seek(0)
        self._text.truncate()


def _event(line: bytes) -> dict[str, Any]:
    """The event of the line, to which the reason is added as attributes of its own, which change nothing about it."""
    try:
        event = json.loads(line)
    except ValueError:
        event = None
    return event if isinstance(event, dict) else {"text": line.decode(errors="replace")}
