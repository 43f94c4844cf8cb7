"""`cardwise content`: check what the bot says, read it as a student will, start a new file, see what cites a law."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.errors import Mistake, told_plainly
from content.kinds import FOLDERS, SINGULARS
from content.schema import Case, choices_of

if TYPE_CHECKING:
    from content.library import Library

_KINDS = tuple(FOLDERS)


@click.group()
def content() -> None:
    """What the bot says: check it, show it, list it, add to it."""


@content.command()
def check() -> None:
    """Check every content file. Prints nothing when nothing is wrong, otherwise `file:line: field: what to change`."""
    from bot.content_check import check_all

    _, problems = check_all()
    for problem in problems:
        click.echo(str(replace(problem, path=_shown(problem.path))))
    mistakes = sum(not problem.warning for problem in problems)
    if mistakes:
        raise Mistake(f"{mistakes} to change")


def _shown(path: Path) -> Path:
    """`path` from where the command was started, when it lies below."""
    relative = Path(os.path.relpath(path))
    return path if str(relative).startswith("..") else relative


def _library() -> "Library":
    from bot.content_check import check_all

    library, _ = check_all()
    if library is None:
        raise Mistake("the content files have mistakes: run `cardwise content check`")
    return library


@content.command()
@click.argument("name", metavar="ID")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def show(name: str, lang: str) -> None:
    """Print a piece of content as a student will see it.

    ID is INTENT or INTENT.ANSWER, STORY or STORY.SCENE, or the name of a file; KIND/ID where a name is used twice.
    """
    from bot.console.chat import rendered
    from bot.content_pages import names_in, pages_of
    from content.schema import Language

    language: Language = "zh" if lang == "zh" else "en"
    library = _library()
    try:
        found = names_in(library, name)
        if not found:
            _tell_if_broken(library, name)
            raise Mistake(f"there is nothing named {name!r}: `cardwise content list` shows all names")
        if len(found) > 1:
            raise Mistake(f"{name!r} is several things; say which: {', '.join(found)}")
        click.echo(rendered(pages_of(library, found[0], language)))
    except KeyError as error:
        raise Mistake(f"{name} names {error}, which is missing: run `cardwise content check`") from None


def _tell_if_broken(library: "Library", name: str) -> None:
    """Say what is wrong with the file that `name` means, when that is why it cannot be shown."""
    from bot.content_check import check_all

    stem = name.rpartition("/")[2].partition(".")[0]
    broken = [one for one in library.broken if one.endswith(f"/{stem}")]
    if broken:
        problems = [p for p in check_all()[1] if p.path.stem == stem and p.path.parent.name in broken[0]]
        raise Mistake(*(str(replace(problem, path=_shown(problem.path))) for problem in problems))


@content.command(name="list")
@click.argument("kind", type=click.Choice(_KINDS), required=False)
@click.option("--role", type=click.Choice(choices_of(Case, "roles")), help="Of cases: who.")
@click.option("--act", type=click.Choice(choices_of(Case, "acts")), help="Of cases: what was done.")
@click.option("--item", help="Of cases: with what (bank_card, phone_card, …).")
@click.option("--outcome", type=click.Choice(choices_of(Case, "outcomes")), help="Of cases: how it ended.")
@click.option("--age", type=int, help="Of cases: how old.")
def list_(
    kind: str | None, role: str | None, act: str | None, item: str | None, outcome: str | None, age: int | None
) -> None:
    """List what there is: name, a tab, title. Cases can be searched."""
    from bot.content_pages import titles

    library = _library()
    searched = any(value is not None for value in (role, act, item, outcome, age))
    if searched and kind not in (None, "cases"):
        raise click.UsageError("only cases can be searched")
    found = library.search_cases(role=role, act=act, item=item, outcome=outcome, age=age)
    for folder in ("cases",) if searched else (kind,) if kind else _KINDS:
        for name, zh, en in titles(library, folder):
            if not searched or name in found:
                click.echo(f"{name}\t{zh} / {en}")


@content.command()
@click.argument("kind", type=click.Choice(tuple(SINGULARS)))
@click.argument("name", metavar="ID")
def new(kind: str, name: str) -> None:
    """Start a new file of KIND with every field in it, to be filled in."""
    from content.checks import ID
    from content.loading import CONTENT_FOLDER
    from content.scaffold import scaffold

    if not ID.fullmatch(name):
        raise Mistake(f"{name!r} is no name for a file: small letters, digits, - and _ only, at most 32")
    path = CONTENT_FOLDER / SINGULARS[kind].folder / f"{name}.yml"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(scaffold(SINGULARS[kind]))
    except FileExistsError:
        raise Mistake(f"{_shown(path)} exists already: open it, or choose another name") from None
    except OSError as error:
        raise Mistake(f"{_shown(path)} cannot be written: {error.strerror}") from None
    click.echo(_shown(path))
    click.echo("Fill it in, then run `cardwise content check`.", err=True)


@content.command()
@click.argument("law")
@click.option("--students", is_flag=True, help="Count who was told of it within 180 days; never who they are.")
def affected(law: str, students: bool) -> None:
    """List everything that cites LAW, an article's file name: what to read again when it changes."""
    library = _library()
    if law not in library.laws:
        raise Mistake(f"there is no law named {law!r}: `cardwise content list laws` shows all names")
    if students:
        count = told_of(law)
        click.echo("fewer than 5 people" if 0 < count < 5 else f"{count} people")
        click.echo(
            f"To tell them of the change, and nobody else: a campaign file with `audience: {{told_of: [{law}]}}`.",
            err=True,
        )
        return
    for name in library.citing(law):
        click.echo(name)


def told_of(law: str) -> int:
    """How many people were told of a law."""
    import asyncio

    from bot.app import open_database
    from bot.settings import load_settings

    async def count() -> int:
        async with open_database(load_settings()) as database, database.read() as work:
            return await work.ledger.told_of([law])

    with told_plainly():
        return asyncio.run(count())


@content.command()
def schema() -> None:
    """Write the JSON Schemas by which editors complete and underline; prints those that changed."""
    from content.loading import CONTENT_FOLDER
    from content.scaffold import write_schemas

    for path in write_schemas(CONTENT_FOLDER):
        click.echo(_shown(path))
