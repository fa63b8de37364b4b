"""The command line `dunlog`: every command teaches itself with --help, and speaks JSON with --json."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Annotated

import typer

from service.tenant_commands import AsJson, given_settings, keys, say, tenants

app = typer.Typer(
    name="dunlog",
    help="The service that gets invoices paid: invoice events in, dunned cases, approvals and signed webhooks out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(tenants, name="tenant")
app.add_typer(keys, name="key")

STARTING = 1_000_000
"""More objects than there are once a process has started: next to none of them is garbage, and looking for cycles among them
took a sixth of its start."""


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (DUNLOG_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (DUNLOG_PORT).")] = None,
    no_clock: Annotated[bool, typer.Option("--no-clock", help="Only the API: clocks run in `dunlog worker`.")] = False,
    migrate: Annotated[
        bool, typer.Option("--migrate", help="Bring the database of DATABASE_URL up to date first.")
    ] = False,
) -> None:
    """Serve the API, with the clock and the deliveries beside it.

    Without DATABASE_URL an embedded PostgreSQL is started under DUNLOG_DATA_DIR and migrated by itself.
    """
    gc.set_threshold(STARTING)
    from service.logs import configure
    from service.runtime import opened
    from service.serve import serve as run

    settings = given_settings(host=host, port=port)
    configure(settings)
    with opened(settings, migrate) as runtime:
        run(runtime, not no_clock, lambda: typer.echo(f"Listening on http://{settings.host}:{settings.port}", err=True))


@app.command()
def worker(
    migrate: Annotated[
        bool, typer.Option("--migrate", help="Bring the database of DATABASE_URL up to date first.")
    ] = False,
) -> None:
    """Run the clock and the deliveries alone; any number may run beside each other."""
    gc.set_threshold(STARTING)
    from service.logs import configure
    from service.runtime import opened
    from service.serve import work

    settings = given_settings()
    configure(settings)
    with opened(settings, migrate) as runtime:
        work(runtime)


@app.command()
def demo(
    host: Annotated[str | None, typer.Option(help="Address to listen on (DUNLOG_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (DUNLOG_PORT).")] = None,
) -> None:
    """Serve a sandbox with a year of real invoices, walked to today: the quickest way to see everything.

    Started again it goes on where it stopped, and changes nothing that is there.
    """
    from rich.console import Console

    from service.demo.run import demo as run
    from service.logs import configure
    from service.runtime import opened

    settings = given_settings(host=host, port=port)
    configure(settings)
    with opened(settings) as runtime:
        run(runtime, Console())


@app.command("migrate")
def migrate_command() -> None:
    """Bring the database up to date; does nothing when it is."""
    from service import migrate
    from service.runtime import opened

    with opened(given_settings(), True) as runtime:
        typer.echo(f"The database stands at {migrate.current(runtime.url)}.")


@app.command("settings")
def settings_command(as_json: AsJson = False) -> None:
    """Show every setting: its variable, its value, its default and what it is for."""
    from service.settings_shown import describe

    rows = [row._asdict() for row in describe(given_settings())]
    lines = [f"{row['name']}={row['value']}\n    {row['description']} Default: {row['default']}" for row in rows]
    say(as_json, rows, "\n".join(lines))


OneTenant = Annotated[str | None, typer.Option("--tenant", help="Only this tenant; by default all of them.")]
AfterPlace = Annotated[str | None, typer.Option("--after", help="Go on after the place that a stopped run printed.")]


@app.command()
def verify(
    tenant: OneTenant = None,
    after: AfterPlace = None,
    root: Annotated[bool, typer.Option("--root", help="Print a root over the log, a line of JSON a tenant.")] = False,
    against: Annotated[
        Path | None, typer.Option(help="Find what was cut off since the roots in this file were printed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove that the log is whole and that the tables equal it; exit code 1 when something differs.

    It reads in snapshots of 200 customers, beside running writers. A tail that was cut off shows only against a root:
    keep what `dunlog verify --root > roots` prints away from the database, and ask later with `--against roots`.
    """
    from service.proving import check_roots, print_roots, run
    from service.runtime import look_for_cycles_seldom, opened

    with opened(given_settings()) as runtime:
        look_for_cycles_seldom()
        if root:
            print_roots(runtime.desk, tenant)
            return
        code = (
            check_roots(runtime.desk, against, as_json) if against else run(runtime.desk, tenant, after, as_json, False)
        )
    raise typer.Exit(code)


@app.command()
def rebuild(tenant: OneTenant = None, after: AfterPlace = None, as_json: AsJson = False) -> None:
    """Mend the tables where they differ from the log; exit code 1 when the log itself is broken.

    Only customers with a difference are locked, while theirs is mended. Processes that are running keep a tenant's
    settings in memory: start them again when its row was mended.
    """
    from service.proving import run
    from service.runtime import look_for_cycles_seldom, opened

    with opened(given_settings()) as runtime:
        look_for_cycles_seldom()
        code = run(runtime.desk, tenant, after, as_json, True)
    raise typer.Exit(code)


@app.command("import")
def import_command(
    file: Annotated[Path | None, typer.Argument(help="A .csv, .xlsx or .ndjson file, or a bank statement (.xml).")] = None,
    tenant: Annotated[str | None, typer.Option(help="The tenant's name.")] = None,
    map: Annotated[str | None, typer.Option("--map", help="A map of a table's columns, or the name of a shipped one.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read the whole file and change nothing.")] = False,
    rejected: Annotated[
        Path | None, typer.Option(help="Where rows go that were not taken, with why; by default beside the file.")
    ] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Begin at the first row, not where an earlier run stopped.")] = False,
    user: Annotated[str, typer.Option(help="Who stands in the log behind it.")] = "import",
    language: Annotated[str, typer.Option(help="Of the reasons: en or zh.")] = "en",
    example: Annotated[bool, typer.Option("--example", help="Print a map to start from, and do nothing else.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take in a file of bills and payments as if the ERP had posted it, a thousand events to a commit.

    Lines of CloudEvents (.ndjson) are taken as they are; a table needs a map that says which columns are which events.
    Stopped at any point, the same command goes on from there; sent twice, nothing doubles. Rows that were not taken
    stand with their reasons in a file of the same kind, which can be mended and imported itself. Exit code 1 when there
    are any. A bank statement (camt.053, camt.054) is matched to open bills as if it had been posted. Example:

      dunlog import --example > bills.yaml      # then name your own columns in it

      dunlog import bills.csv --tenant acme --map bills.yaml --dry-run

      dunlog import bills.csv --tenant acme --map bills.yaml

      dunlog import statement.xml --tenant acme
    """
    from service.importing import command

    if example:
        typer.echo(command.shipped("accounts-receivable"))
        return
    if file is None or tenant is None:
        raise typer.BadParameter("name a file, and the tenant with --tenant; --help shows an example.")
    asked = command.Asked(file, tenant, map, dry_run, rejected, anew, user, language, as_json)
    raise typer.Exit(command.run(given_settings(), asked))


@app.command()
def simulate(
    playbook: Annotated[Path | None, typer.Argument(help="A draft, as YAML.")] = None,
    tenant: Annotated[str | None, typer.Option(help="The tenant's name.")] = None,
    published: Annotated[str | None, typer.Option(help="A published version instead of a draft: standard@2.")] = None,
    shipped: Annotated[str | None, typer.Option(help="A playbook that comes with the service: ageing.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="Followed from this day on; by default a year ago.")] = None,
    to: Annotated[str | None, typer.Option(help="The last day told, by default today; at most a year ahead.")] = None,
    replaces: Annotated[list[str] | None, typer.Option(help="Whose bills follow it; by default its own name's.")] = None,
    segment: Annotated[str | None, typer.Option(help="Of customers of this segment alone.")] = None,
    customers: Annotated[list[str] | None, typer.Option(help="Of this customer alone; may be repeated.")] = None,
    at_most: Annotated[int | None, typer.Option(help="So many cases at most; by default all.")] = None,
    samples: Annotated[int, typer.Option(help="So many of the cases that differ most, day by day.", max=20)] = 3,
    jobs: Annotated[int | None, typer.Option(help="Processes for much history; by default one a core.", min=1)] = None,
    language: Annotated[str, typer.Option(help="Of the sentences: en or zh.")] = "en",
    as_json: AsJson = False,
) -> None:
    """What if? Tell recorded history once more by another playbook, beside the one that ran; nothing is written.

    Bills, payments, promises, disputes and answers come as they came; every step is decided anew. It says what would have
    gone out, what our people would have had to do, which cases would have reached a manager or a hold earlier or later, and
    how exactly the log is reproduced by the playbooks that did run. Examples:

      dunlog simulate gentler.yaml --tenant acme

      dunlog simulate gentler.yaml --tenant acme --from 2026-01-01 --to 2026-06-30 --segment risk

      dunlog simulate --shipped pressure --replaces standard --tenant acme --json
    """
    if tenant is None or sum(one is not None for one in (playbook, published, shipped)) != 1:
        raise typer.BadParameter("name the tenant with --tenant, and one playbook; --help shows examples.")
    from service.runtime import look_for_cycles_seldom, opened
    from service.simulating import Asked, run

    asked = Asked(
        tenant=tenant,
        file=playbook,
        name=published or shipped,
        shipped=shipped is not None,
        since=since,
        to=to,
        replaces=replaces or (),
        segment=segment,
        customers=customers or (),
        at_most=at_most,
        samples=samples,
        jobs=jobs or os.cpu_count() or 1,
        language=language,
        as_json=as_json,
    )
    with opened(given_settings()) as runtime:
        look_for_cycles_seldom()
        run(runtime.settings, runtime.desk, asked)


def main() -> None:
    """Run a command; what goes wrong is one line that says what, where and how to mend it."""
    sys.excepthook = _tell
    typer.main.get_command(app)()  # calling `app` itself would put Typer's own hook in place of ours


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    text = _sentence(error)
    if text is None:
        sys.__excepthook__(kind, error, trace)
    else:
        typer.echo(text, err=True)


def _sentence(error: BaseException) -> str | None:
    from service.domain.refusals import Refused
    from service.engine.desk import UnknownTenant
    from service.importing.mapping import MapMistake
    from service.postgres import PostgresError
    from service.settings import SettingsError
    from service.words.sentences import say

    match error:
        case Refused():
            return say(error.code, "en", **error.params)
        case UnknownTenant():
            return f"There is no tenant {error}. `dunlog tenant create` makes one."
        case PostgresError() | SettingsError() | MapMistake():
            return str(error)
        case _:
            return None
