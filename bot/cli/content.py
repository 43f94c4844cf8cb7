"""`cardwise content`: check what the bot says, and read it as a student will."""

import os
from dataclasses import replace
from pathlib import Path

import click

from bot.cli.errors import Mistake


@click.group()
def content() -> None:
    """What the bot says: check it, show it, list it."""


@content.command()
def check() -> None:
    """Check every content file. Prints nothing when nothing is wrong, otherwise `file:line: field: what to change`."""
    from bot.content_check import check_all

    _, problems = check_all()
    for problem in problems:
        path = Path(os.path.relpath(problem.path))
        shown = path if not str(path).startswith("..") else problem.path
        click.echo(str(replace(problem, path=shown)))
    mistakes = sum(not problem.warning for problem in problems)
    if mistakes:
        raise Mistake(f"{mistakes} to change")


@content.command()
@click.argument("name", metavar="ID")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def show(name: str, lang: str) -> None:
    """Print an answer (INTENT or INTENT.ANSWER), law, case or guide as a student will see it."""
    from bot.console.chat import rendered
    from bot.replies import Reply

    click.echo(rendered(reply for reply in [_page(name, lang)] if isinstance(reply, Reply)))


def _page(name: str, lang: str) -> object:
    from bot.content_check import check_all
    from bot.dialogue import pages
    from content.schema import Language

    language: Language = "zh" if lang == "zh" else "en"
    library, _ = check_all()
    if library is None:
        raise Mistake("the content files have mistakes: run `cardwise content check`")
    found = library.find_answer(name)
    try:
        if found is not None:
            return pages.answer_page(library, *found, language)
        if name in library.laws:
            return pages.law_page(library, library.laws[name], language)
        if name in library.guides:
            return pages.guide_page(library, library.guides[name], language)
        if name in library.cases:
            return pages.one_case_page(library, library.cases[name], language)
    except KeyError as error:
        raise Mistake(f"{name} names {error}, which is missing: run `cardwise content check`") from None
    raise Mistake(f"there is nothing named {name!r}: `cardwise content list` shows all names")


@content.command(name="list")
@click.argument("kind", type=click.Choice(["topics", "laws", "cases", "guides"]), required=False)
def list_(kind: str | None) -> None:
    """List what there is: name, a tab, title."""
    from bot.content_check import check_all

    library, _ = check_all()
    if library is None:
        raise Mistake("the content files have mistakes: run `cardwise content check`")
    if kind in (None, "topics"):
        for intent, topic in library.topics.items():
            for answer in topic.answers:
                click.echo(f"{intent}.{answer.id}\t{answer.name.zh} / {answer.name.en}")
    if kind in (None, "laws"):
        for key, law in library.laws.items():
            click.echo(f"{key}\t{law.short.zh} / {law.short.en}")
    if kind in (None, "cases"):
        for key, case in library.cases.items():
            click.echo(f"{key}\t{case.title.zh} / {case.title.en}")
    if kind in (None, "guides"):
        for key, guide in library.guides.items():
            click.echo(f"{key}\t{guide.title.zh} / {guide.title.en}")
