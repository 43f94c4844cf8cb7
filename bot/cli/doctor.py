"""`cardwise doctor`: what is wrong with this installation, and how to mend it."""

import json

import click

from bot.cli.errors import Mistake

_MARKS = {"good": "✓", "note": "·", "wrong": "✗"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One object a line: state, what, told.")
def doctor(as_json: bool) -> None:
    """Look at settings, key, database, content and model; changes nothing. Exits 1 when something is wrong."""
    from bot.doctor import examine

    findings = list(examine())
    for finding in findings:
        if as_json:
            click.echo(json.dumps(vars(finding), ensure_ascii=False))
        else:
            click.echo(f"{_MARKS[finding.state]} {finding.what}: {finding.told}")
    wrong = sum(finding.state == "wrong" for finding in findings)
    if wrong:
        raise Mistake(f"{wrong} to mend")
