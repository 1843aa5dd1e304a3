"""`portal contracts`: files generated from the contracts, and whether a change breaks others."""

import json

import typer
from rich.console import Console

app = typer.Typer(no_args_is_help=True, help="Schemas, AsyncAPI, golden files, compatibility.")
console = Console()


@app.command()
def export() -> None:
    """Write the JSON Schemas and the AsyncAPI document (after every change of a contract)."""
    from portal_cli.contracts import files

    console.print(f"{files.export()} files changed in {files.CONTRACTS}")


@app.command()
def check() -> None:
    """Are the generated files up to date, and does every released message keep its word?"""
    from portal_cli.contracts import files, releases

    findings = [f"{name} is out of date: portal contracts export" for name in files.stale()]
    findings += releases.broken()
    for finding in findings:
        console.print(finding, style="red", soft_wrap=True)
    if findings:
        raise typer.Exit(1)
    console.print("contracts: files up to date, no released message has changed its shape")


@app.command()
def golden() -> None:
    """Write golden files; those of released messages are never changed again."""
    from portal_cli.contracts import files, releases

    console.print(f"{releases.write_golden()} golden files written to {files.GOLDEN}")


@app.command()
def release(
    message: list[str] = typer.Argument(None, help="Message types; all when left out"),
) -> None:
    """Put messages under the promise: from now on they may change only compatibly.

    Refused while a released message is broken. With a release the golden files are made, too.
    """
    from portal_cli.contracts import files, releases

    broken = releases.broken()
    if broken:
        for finding in broken:
            console.print(finding, style="red", soft_wrap=True)
        raise typer.Exit(1)
    golden()
    console.print(f"{releases.release(message or None)} messages in {files.RELEASED}")


@app.command()
def show(message: str) -> None:
    """Print a message with all fields, to start from."""
    from portal_cli.contracts import examples, files

    known = files.messages()
    if message not in known:
        console.print(f"unknown message type {message}; see libs/contracts/schemas", style="red")
        raise typer.Exit(1)
    typer.echo(json.dumps(examples.of(known[message], "full"), indent=2))
