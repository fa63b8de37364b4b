"""`python -m service.openapi` writes the OpenAPI document, `--check` tells whether the written one has drifted."""

import difflib
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from service.app import drawn

PATH = Path("openapi") / "dunlog.json"
_SHOWN = 20


def text() -> str:
    """The document as it is written: in its own order, two spaces deep."""
    return json.dumps(drawn().openapi(), ensure_ascii=False, indent=2) + "\n"


def drift(written: str, current: str) -> str | None:
    """None for the same; else how they differ, the first lines of it."""
    if written == current:
        return None
    lines = [
        line
        for line in difflib.unified_diff(
            written.splitlines(), current.splitlines(), "written", "drawn", n=0, lineterm=""
        )
        if not line.startswith(("---", "+++"))
    ]
    shown = "\n".join(lines[:_SHOWN])
    return f"{PATH} is not what the code says ({len(lines)} lines differ). Write it anew with `make openapi`.\n{shown}"


def main(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 when the document has drifted.")
    ] = False,
) -> None:
    """Write the OpenAPI document of this version."""
    current = text()
    if not check:
        PATH.parent.mkdir(exist_ok=True)
        PATH.write_text(current, "utf-8")
        typer.echo(f"Wrote {PATH}.")
        return
    found = drift(PATH.read_text("utf-8") if PATH.exists() else "", current)
    if found is not None:
        typer.echo(found, err=True)
        sys.exit(1)


if __name__ == "__main__":
    typer.run(main)
