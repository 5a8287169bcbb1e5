"""`ita-extract repair`: damaged Thai in, repaired Thai out."""

from __future__ import annotations

import json
from typing import Any

import click

from ..errors import UsageError


@click.command("repair")
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--explain", is_flag=True, help="Print each repair as a line of JSON: line, rule, offset, before, after.")
def command(file: Any, explain: bool) -> None:
    """Repair damaged Thai text from FILE or stdin (UTF-8), line for line.

    \b
    Example:
      echo "การด าเนินงานท่ีก าหนด" | ita-extract repair
    """
    from ..repair import repair_text, survey

    try:
        lines = file.read().decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"the text is not UTF-8 at byte {error.start}", advice="Convert it first: iconv -f TIS-620 -t UTF-8."
        ) from error
    evidence = survey((line, "") for line in lines if line)
    for number, line in enumerate(lines, 1):
        body = line.rstrip("\r")
        done = repair_text(body, evidence=evidence)
        if explain:
            for step in done.steps:
                entry = {"line": number, "rule": step.rule, "offset": step.offset, "before": step.before, "after": step.after}
                click.echo(json.dumps(entry, ensure_ascii=False))
            for doubt in done.doubt:
                click.echo(json.dumps({"line": number, "doubt": doubt}, ensure_ascii=False))
        else:
            click.echo(done.text + line[len(body) :], nl=number < len(lines))
