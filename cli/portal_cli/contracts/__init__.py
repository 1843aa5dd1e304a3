"""`portal contracts`: files generated from the contracts, and whether a change breaks others."""

import json

import typer
from rich.console import Console

app = typer.Typer(no_args_is_help=True, help="Schemas, AsyncAPI, golden files, compatibility.")
console = Console()


@app.command()
def export() -> None:
    """After every change of a contract: write JSON Schemas, AsyncAPI document, golden files and
    the page of problem codes.

    Golden files of released messages are never written again.
    """
    from portal_cli.contracts import files, releases

    console.print(f"{files.export()} files changed in {files.CONTRACTS}")
    console.print(f"{releases.write_golden()} golden files written to {files.GOLDEN}")


@app.command()
def check() -> None:
    """Check that the generated files are up to date and that no released message breaks."""
    from portal_cli.contracts import files, releases

    findings = [f"{name} is out of date: portal contracts export" for name in files.stale()]
    findings += releases.broken()
    _stop_for(findings)
    console.print("contracts: files up to date, no released message has changed its shape")


@app.command()
def release(
    message: list[str] = typer.Argument(None, help="Message types; all when left out"),
) -> None:
    """Release messages: from now on they may change only compatibly.

    Refused while a released message is broken.
    """
    from portal_cli.contracts import files, releases

    unknown = set(message or ()) - files.messages().keys()
    _stop_for([f"{name} is no message type" for name in sorted(unknown)] + releases.broken())
    export()
    console.print(f"{releases.release(message or None)} messages in {files.RELEASED}")


@app.command()
def show(
    message: str,
    required: bool = typer.Option(False, "--required", help="Only fields that must be there."),
) -> None:
    """Print a message with all fields as a template: valid in shape, not as a whole.

    Each value is made up by itself, so a service refuses what does not fit together (an accident
    without its state, say). Keep the fields you need; docs/for-gateways.md has a valid claim.
    """
    from portal_cli.contracts import examples, files

    known = files.messages()
    if message not in known:
        _stop_for([f"{message} is no message type; those known are in libs/contracts/schemas"])
    typer.echo(
        json.dumps(examples.of(known[message], "required" if required else "full"), indent=2)
    )


def _stop_for(findings: list[str]) -> None:
    for finding in findings:
        console.print(finding, style="red", soft_wrap=True)
    if findings:
        raise typer.Exit(1)
