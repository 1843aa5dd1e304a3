"""The command line of the imports."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, date, datetime
from pathlib import Path

import typer
from aiokafka.errors import KafkaConnectionError

from portal_cli.importing import files, run, session
from portal_cli.importing.enrollment import enrollment
from portal_cli.importing.hints import Options, hints
from portal_cli.importing.identity import with_ids
from portal_cli.importing.report import Totals
from portal_cli.importing.screen import Screen
from portal_cli.importing.shifting import NEWEST_AGE, shifted
from portal_cli.importing.synthea_claims import claims
from portal_cli.importing.synthea_data import Calendar, NoSuchTable, Synthea, load, newest_service
from portal_cli.importing.synthea_people import members, providers
from portal_client.errors import PortalClientError
from portal_runtime.settings import RuntimeSettings

STOPPED = 130
"""As the shell has it for Ctrl-C."""

AGAIN = typer.Option(
    False, "--again", help="Send the claims as new ones, although they were imported before."
)
AS_JSON = typer.Option(False, "--json", help="Print the totals as JSON, nothing else.")

app = typer.Typer(no_args_is_help=True)


@app.callback()
def importing() -> None:
    """Claims from 837 files or Synthea, as commands."""


@app.command("837")
def import_837(
    paths: list[Path] = typer.Argument(
        ..., metavar="FILE...", help="837P and 837I 5010; folders too."
    ),
    enroll: bool = typer.Option(
        False, "--enroll", help="First make members and providers of the files known (demo only)."
    ),
    map_npis: bool = typer.Option(
        False, "--map-npis", help="Replace invalid NPIs by valid ones, always the same way."
    ),
    shift: bool = typer.Option(
        False, "--shift", help="Move all dates by the same number of days, the newest to last week."
    ),
    again: bool = AGAIN,
    as_json: bool = AS_JSON,
) -> None:
    """Send every claim of the files to the plan and print what became of it.

    The same files imported again, by the same names and with the same options, take effect once and
    get the first answers.

    `unreadable` counts files with a part that could not be read; each part is named with its
    segment and position. Exit code 1 if a claim has no answer, or if nothing could be read.
    """
    screen, totals = Screen(machine=as_json), Totals()
    given = Options(enroll=enroll, map_npis=map_npis, shift=shift, again=again)
    batch = files.load(paths, valid_npis=map_npis)
    if shift:
        batch.claims = shifted(batch.claims, _today())
    if not again:
        batch.claims = list(with_ids(batch.claims, enrolled=enroll))
    if batch.claims:
        _wait_for(_import_837(batch, enroll, totals, screen), batch, totals, screen)
    _end(batch, totals, screen, given)


async def _import_837(batch: files.Batch, enroll: bool, totals: Totals, screen: Screen) -> None:
    settings = RuntimeSettings()
    async with session.connected(settings) as client:
        if enroll:
            known = enrollment(batch.claims)
            if known.ambiguous:
                screen.note(
                    f"{len(known.ambiguous)} member IDs stand for more than one person in these "
                    "files; the first one is enrolled, claims of the others are denied (CO-31)"
                )
            messages = list(known.messages())
            heard = _hearing(settings)
            await run.make_known(client, messages, heard, totals, screen)
        await run.send_claims(client, batch.claims, totals, screen)


@app.command()
def synthea(
    folder: Path = typer.Argument(..., metavar="DIR", help="Folder with Synthea's CSV export."),
    shift: bool = typer.Option(
        True, help="Move all dates by the same number of days, the newest service to a week ago."
    ),
    again: bool = AGAIN,
    as_json: bool = AS_JSON,
) -> None:
    """Patients as members, payer transitions as coverage, providers, and all claims.

    Imported again on the same day it takes effect once and gets the first answers.

    Exit code 1 if a claim has no answer, or if one does not balance.
    """
    screen, totals = Screen(machine=as_json), Totals()
    try:
        data = load(folder)
    except NoSuchTable as problem:
        screen.note(str(problem))
        raise typer.Exit(1) from None
    calendar = _calendar(data) if shift else Calendar()
    batch = files.Batch(1, claims=list(claims(data, calendar)))
    if not again:
        batch.claims = list(with_ids(batch.claims, enrolled=True))
    _wait_for(_import_synthea(data, calendar, batch, totals, screen), batch, totals, screen)
    _end(batch, totals, screen, Options(enroll=True, map_npis=True, shift=shift, again=again))


async def _import_synthea(
    data: Synthea, calendar: Calendar, batch: files.Batch, totals: Totals, screen: Screen
) -> None:
    settings = RuntimeSettings()
    async with session.connected(settings) as client:
        people = [*providers(data), *members(data, calendar)]
        await run.make_known(client, people, _hearing(settings), totals, screen)
        await run.send_claims(client, batch.claims, totals, screen)


def _today() -> date:
    return RuntimeSettings().calendar.day_of(datetime.now(UTC))


def _calendar(data: Synthea) -> Calendar:
    return Calendar((_today() - NEWEST_AGE - newest_service(data)).days)


def _hearing(settings: RuntimeSettings) -> run.Settled:
    return lambda: session.claims_have_heard(settings)


def _wait_for(
    work: Coroutine[None, None, None], batch: files.Batch, totals: Totals, screen: Screen
) -> None:
    """Until it is done, the connection is lost, or Ctrl-C."""
    try:
        asyncio.run(work)
    except session.NotReady as problem:
        screen.note(str(problem))
        totals.give_up(len(batch.claims))
        if screen.machine:
            _end(batch, totals, screen)
        raise typer.Exit(1) from None  # nothing was sent: there are no figures to read
    except (PortalClientError, KafkaConnectionError) as problem:
        screen.note(str(problem))
        totals.give_up(len(batch.claims))
    except KeyboardInterrupt:
        run.report(batch, totals, screen)
        screen.note(
            f"stopped after {totals.claims} of {len(batch.claims)}; what was sent stays with the "
            "plan"
        )
        raise typer.Exit(STOPPED) from None


def _end(batch: files.Batch, totals: Totals, screen: Screen, given: Options | None = None) -> None:
    run.report(batch, totals, screen)
    for hint in hints(totals, given) if given and not screen.machine else ():
        screen.note(hint)
    raise typer.Exit(0 if totals.good else 1)
