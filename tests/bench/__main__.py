"""The front door of the bench: `python -m tests.bench --help`, or `make bench ARGS="..."`."""

import fcntl
import os
import shutil
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from service import postgres
from service.postgres import place
from service.postgres.locks import acquire, open_lock
from tests.bench import machine, table, world
from tests.bench.bench import Bench
from tests.bench.lines import Line, growth
from tests.bench.peers import Peers
from tests.bench.plan import FIGURES, Ledger
from tests.bench.tell import Tell

FULL = 1_000_000


def main(
    only: Annotated[list[str] | None, typer.Option(help="A figure, e.g. P3; may be repeated, or listed with commas.")] = None,
    scale: Annotated[float, typer.Option(help="Of a million cases: 0.01 for a quick look.", min=0.0004, max=4)] = 1.0,
    tenth: Annotated[bool, typer.Option(help="Also at a tenth of the size, for the growth of each cost.")] = True,
    repeats: Annotated[int, typer.Option(help="Of each measurement, after one to warm up.", min=1)] = 5,
    peers: Annotated[
        str, typer.Option(envvar="PEERS", help="none, some (eventsourcing, APScheduler), all (procrastinate, Tryton).")
    ] = "some",
    profile: Annotated[bool, typer.Option("--profile", help="Tell where the time goes, in files beside the results.")] = False,
    keep: Annotated[
        Path | None, typer.Option(help="Make the databases here and leave them for the next run of the same day.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="With --keep: take no stage again that was finished.")] = False,
    save: Annotated[bool, typer.Option(help="Write the figures to tests/bench/results/.")] = True,
    quote: Annotated[
        Path | None, typer.Option(help="Measure nothing: put the table of this file of results into the README.")
    ] = None,
) -> None:
    """Measure the service beside hand-written limits and what one would pick instead, on one PostgreSQL of its own with
    fsync and synchronous_commit on. Every figure is a ratio of medians taken in one run.

    Examples:

      make bench                                            everything, at a million cases and a tenth of it
      make bench ARGS="--scale 0.01"                        everything in small, some minutes
      make bench ARGS="--only P3 --scale 0.1 --profile"     one figure, and where its time goes
      make bench ARGS="--keep /var/tmp/bench --resume"      go on where a run was interrupted
      make bench PEERS=all                                  with procrastinate and Tryton
      make bench ARGS="--quote tests/bench/results/X.json"  the README's table from an earlier run
    """
    if quote is not None:
        table.quote(quote, machine.ROOT / "README.md")
        return
    wanted = _wanted(only)
    sizes = _sizes(scale, tenth)
    profiles = _folder(table.RESULTS / "profiles") if profile else None
    console = Console() if Console().is_terminal else Console(width=170)
    ledger = Ledger(keep / "stages.jsonl" if keep else None, resume)
    lines: list[Line] = []
    with _server(keep) as server, Tell(len(sizes) * (1 + len(wanted))) as tell:
        told = machine.described(server.url)
        for cases in sizes:
            with tell.stage(f"a world of {cases:,} cases"):
                its = world.found(server.url, cases) or world.made(server.url, cases, tell)
            bench = Bench(its, repeats, tell, Peers(peers), cases == sizes[-1], profiles)
            for figure in wanted:
                with tell.stage(f"{figure} at {cases:,} cases: {FIGURES[figure][0]}"):
                    lines += _stage(ledger, bench, figure)
            its.owner.close()
    lines = sorted([*lines, *growth(lines)], key=lambda line: (int(line.figure[1:]), line.what, line.cases))
    table.shown(lines, console)
    if save:
        asked = {"scale": scale, "sizes": sizes, "repeats": repeats, "peers": peers, "only": wanted}
        console.print(f"Written to {table.kept(lines, told, asked).relative_to(machine.ROOT)}", highlight=False)


def _stage(ledger: Ledger, bench: Bench, figure: str) -> list[Line]:
    """One figure at one size; one that fails does not cost us the others."""
    earlier = ledger.done.get((figure, bench.cases))
    if earlier is not None:
        return earlier
    try:
        found = list(FIGURES[figure][1](bench))
    except Exception:
        bench.tell.console.print(traceback.format_exc(), highlight=False, markup=False)
        reason = traceback.format_exc().splitlines()[-1]
        return [Line(figure=figure, what=FIGURES[figure][0], cases=bench.cases, ours=None, unit="", better="more", note=reason)]
    ledger.keep(figure, bench.cases, found)
    return found


def _wanted(only: list[str] | None) -> list[str]:
    asked = {name.strip().upper() for one in only or [] for name in one.split(",") if name.strip()}
    unknown = sorted(asked - FIGURES.keys())
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}: the figures are {', '.join(FIGURES)}", param_hint="--only")
    return [name for name in FIGURES if not asked or name in asked]


def _sizes(scale: float, tenth: bool) -> list[int]:
    """Multiples of 400 cases: a hundred customers' worth."""
    full = max(400, round(FULL * scale / 400) * 400)
    small = max(400, round(full / 4000) * 400)
    return [small, full] if tenth and small < full else [full]


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def _server(keep: Path | None) -> Iterator[postgres.Embedded]:
    """The embedded server with its usual settings, in a folder that is left or removed."""
    folder = keep.resolve() if keep else Path(tempfile.mkdtemp(prefix="dunlog-bench-", dir="/var/tmp"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)  # as root the server runs as another account, which must get through
    try:
        with postgres.start(folder) as server:
            yield server
    finally:
        if keep is None:
            _remove(folder)


def _remove(folder: Path) -> None:
    keeper = open_lock(folder / "postgres" / "keeper")
    acquire(keeper, fcntl.LOCK_EX, 60)  # free once the server has stopped
    os.close(keeper)
    shutil.rmtree(place.far_home(folder), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    typer.run(main)
