"""The `portal` command. Each sub-command's module is imported only when it is used."""

from __future__ import annotations

import importlib
import importlib.util
import logging
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from portal_cli import stopping, which
from portal_cli.infra.base import InfraError

COMMANDS = {
    "up": ("up", "The whole system on this machine, in the foreground; Ctrl-C stops it."),
    "doctor": ("doctor", "What is there, what is missing, and how to fix it."),
    "demo": ("demo", "A story on synthetic data, told as the messages happen."),
    "import": ("importing", "Claims from 837 files or Synthea, as commands."),
    "topics": ("topics", "List or create the topics of the contracts."),
    "lag": ("lag", "How many messages wait for each service."),
    "dlq": ("dlq", "Messages that were parked: list, show, replay, discard."),
    "effects": ("effects", "Work outside that was parked: list, retry, discard."),
    "audit": ("audit", "Was the access log (who looked at whom) tampered with?"),
    "reconcile": ("reconcile", "After a restore: compare a service's database with Kafka."),
    "timers": ("timers", "Which timers are due, and when."),
    "instance": ("instance", "One more instance of a service, beside a running stack."),
    "init": ("init", "Create topics, databases, bucket and demo keys where the settings point."),
    "clean-data": ("clean", "Delete everything the local stack stored."),
}
"""Name -> (module of this package whose `app` is a Typer, its line in the help)."""


class LazyGroup(TyperGroup):
    """Imports a command's module when it is run: the help and `portal doctor` come at once."""

    _listing = False

    def list_commands(self, ctx: Any) -> list[str]:
        return [name for name, (module, _) in COMMANDS.items() if _exists(module)]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self._listing = True
        super().format_help(ctx, formatter)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in self.list_commands(ctx):
            return None
        module, summary = COMMANDS[cmd_name]
        if self._listing:
            return TyperCommand(cmd_name, help=summary)
        command = typer.main.get_command(importlib.import_module(f"portal_cli.{module}").app)
        command.name = cmd_name
        return command


def _exists(module: str) -> bool:
    return importlib.util.find_spec(f"portal_cli.{module}") is not None


app = typer.Typer(
    cls=LazyGroup, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


@app.callback()
def portal(
    ctx: typer.Context,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="DIR",
            help="The stack whose data lies there, instead of PORTAL_DATA_DIR or the checkout's.",
        ),
    ] = None,
) -> None:
    """Provider portal: the local stack, its demo, imports, and what an operator needs.

    Works from any folder. Nothing that a command starts outlives it.
    """
    ctx.with_resource(stopping.on_signals())
    try:
        ctx.with_resource(which.settled(ctx.invoked_subcommand or "", data))
    except InfraError as problem:
        raise typer.BadParameter(str(problem)) from None
    # Each command says itself what is wrong. The Kafka library's own lines would come before that.
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())


if __name__ == "__main__":
    app()
