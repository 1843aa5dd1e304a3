"""The command line of the benchmark."""
import typer

app = typer.Typer()
