"""`cardwise questions`: what students agreed to show the admins."""

import asyncio
import uuid

import click

from bot.cli.errors import Mistake, told_plainly


@click.group()
def questions() -> None:
    """Questions the bot could not answer, kept because students said so."""


@questions.command("list")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
def list_(as_json: bool) -> None:
    """Show them, newest first."""
    from bot.console.chat import as_json_line

    for number, day, language, text in asyncio.run(_kept()):
        if as_json:
            click.echo(as_json_line({"id": number, "date": day, "language": language, "text": text}))
        else:
            click.echo(f"{number}  {day}  {language}  {text}")


@questions.command()
@click.argument("number")
def remove(number: str) -> None:
    """Remove the question with that id, once it has been answered or needs no answer."""
    try:
        question = uuid.UUID(number)
    except ValueError:
        raise Mistake(f"{number}: not the id of a question; `cardwise questions list` shows them") from None
    if not asyncio.run(_remove(question)):
        raise Mistake(f"{number}: there is no such question")


async def _kept() -> list[tuple[str, str, str, str]]:
    from bot.app import open_database
    from bot.settings import load_settings

    with told_plainly():
        async with open_database(load_settings()) as database, database.read() as work:
            return [
                (str(one.id), one.kept_at.date().isoformat(), one.language, one.text or "")
                for one in await work.questions.all()
            ]


async def _remove(question: uuid.UUID) -> bool:
    from bot.app import open_database
    from bot.settings import load_settings

    with told_plainly():
        async with open_database(load_settings()) as database, database.write() as work:
            return await work.questions.remove(question)
