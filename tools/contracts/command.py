"""Files generated from the contracts, and whether a change breaks others: for who works on them."""

import json
from pathlib import Path

import typer
from rich.console import Console

from tools.contracts import examples, files, node, releases

MEND = "make contracts"

app = typer.Typer(no_args_is_help=True, help="Schemas, AsyncAPI, golden files, compatibility.")
console = Console()


@app.command()
def export() -> None:
    """After a change of a contract: JSON Schemas, AsyncAPI document, golden files, problem codes.

    Golden examples of released messages are never written again.
    """
    for name in files.export():
        console.print(f"{name} written", soft_wrap=True)


@app.command()
def check() -> None:
    """Check that the generated files are up to date and that no released message breaks."""
    findings = [f"{name} is out of date: {MEND}" for name in files.stale()]
    _stop_for(findings + releases.broken())
    console.print("contracts: files up to date, no released message has changed its shape")


@app.command()
def release(
    message: list[str] = typer.Argument(None, help="Message types; all when left out"),
) -> None:
    """Release messages: from now on they may change only compatibly.

    Refused while a released message is broken.
    """
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
    known = files.messages()
    if message not in known:
        _stop_for([f"{message} is no message type; those known are in libs/contracts/schemas"])
    typer.echo(
        json.dumps(examples.of(known[message], "required" if required else "full"), indent=2)
    )


@app.command()
def types(folder: Path) -> None:
    """Write TypeScript types of all messages into a folder, one file a service. Needs Node."""
    typer.echo(node.run("types.mjs", files.SCHEMAS, folder), nl=False)


def _stop_for(findings: list[str]) -> None:
    for finding in findings:
        console.print(finding, style="red", soft_wrap=True)
    if findings:
        raise typer.Exit(1)
