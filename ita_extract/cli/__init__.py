"""The command `ita-extract`. Data goes to stdout or files, progress and messages to stderr; a user never sees a traceback.

Each command is a module of its own, imported when it is asked for, whose `command` it is.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from .. import __version__
from ..errors import ItaError, StorageError

COMMANDS = ("run", "fetch", "repair", "text", "tables", "inspect", "verify", "report", "diff", "prune", "export", "rules")
"""In the order of the help."""


class Commands(click.Group):
    """Finds a command in its module; turns errors into messages and exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f".{cmd_name}", __name__).command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ItaError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(error.exit_code)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader of our output has seen enough
            sys.exit(0)
        except (click.ClickException, click.exceptions.Exit, click.Abort, SystemExit, KeyboardInterrupt):
            raise
        except OSError as error:
            click.echo(f"Error: {error.strerror or error}: {error.filename or ''}\n  Check the disk and who may use it.", err=True)
            sys.exit(StorageError.exit_code)
        except Exception as error:
            if os.environ.get("ITA_EXTRACT_DEBUG"):
                raise
            advice = (
                "This is a fault of ita-extract. Say ITA_EXTRACT_DEBUG=1 before the command to see where, and please report it."
            )
            click.echo(f"Internal error: {type(error).__name__}: {error}\n  {advice}", err=True)
            sys.exit(1)


def _version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from ..engines.native import how
        from ..repair.native import how as walk

        click.echo(f"ita-extract, version {__version__}\npages are read by {how()}\ntext is repaired by {walk()}")
        context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and how pages are read, and exit.",
)
def main() -> None:
    """Thailand's published integrity assessments (ITA) as verified data."""
