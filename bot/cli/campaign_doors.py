"""What the commands of `cardwise campaign` share: whose right counts, how mistakes are told, the progress bar."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from bot.cli.errors import Mistake, told_plainly

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from bot.campaigns.service import CampaignService
    from bot.people.rights import Actor
    from bot.settings import Settings
    from db.engine import Database
    from db.repositories.ledger_reading import Tally

T = TypeVar("T")
Work = Callable[["CampaignService", "Actor", "Database", "Settings"], Awaitable[T]]


def with_campaigns(work: Work[T], person: str | None) -> T:
    from bot import logs
    from bot.app import campaign_service, open_database
    from bot.content_check import load_checked
    from bot.settings import load_settings

    async def opened(settings: "Settings") -> T:
        library = load_checked()
        async with open_database(settings) as database:
            service = campaign_service(settings, database, lambda: library)
            return await work(service, await actor_named(database, person), database, settings)

    with told_plainly(), _campaign_mistakes():
        settings = load_settings()
        logs.configure(settings.log_format)
        return asyncio.run(opened(settings))


async def actor_named(database: "Database", person: str | None) -> "Actor":
    from bot.people.find import UnknownPerson, find_actor
    from bot.people.rights import OPERATOR

    if person is None:
        return OPERATOR
    try:
        return await find_actor(database, person)
    except UnknownPerson:
        raise Mistake(f"there is no person {person}: give a number of `cardwise people list`") from None


@contextmanager
def _campaign_mistakes() -> Iterator[None]:
    """Say what went wrong with a campaign in one line each."""
    from bot.campaigns.definition import CampaignIsWrong
    from bot.campaigns.errors import Changed, NeedsApproval, NoSuchCampaign, NotNow, SamePerson
    from bot.people.invites import UnknownSchool
    from bot.people.rights import NotAllowed

    try:
        yield
    except CampaignIsWrong as error:
        raise Mistake(*map(str, error.problems)) from None
    except NoSuchCampaign as error:
        raise Mistake(f"there is no campaign {error}: see `cardwise campaign list`") from None
    except NotNow as error:
        raise Mistake(f"that cannot be done now: {error}") from None
    except SamePerson:
        raise Mistake("whoever made a campaign cannot approve it: a second person must") from None
    except Changed:
        raise Mistake(
            "it is not what was looked at: it or the content behind it has changed. "
            "Look at `cardwise campaign preview`, and create it anew from its file if it is still a draft"
        ) from None
    except NeedsApproval as error:
        asked = (
            f"{error.approvers} people who can have been asked" if error.approvers else "nobody else can: invite one"
        )
        raise Mistake(
            f"{error.recipients} recipients: a second person must approve it first ({asked}). "
            "`cardwise campaign approve ID --as PERSON`; the operator's `--override` stands in the audit log"
        ) from None
    except UnknownSchool as error:
        there = ", ".join(error.known) or "none yet, see `cardwise school add`"
        raise Mistake(f"there is no school named {error.name}; schools: {there}") from None
    except NotAllowed:
        raise Mistake("this person does not have the right (the operator approves only with --override)") from None


@contextmanager
def sending_bar() -> Iterator[tuple["Progress", "TaskID"]]:
    """A bar with how many are through, the rate and the time left, on a terminal's standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("Sending"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as progress:
        yield progress, progress.add_task("", total=None, rate="")


def advance(bar: tuple["Progress", "TaskID"], tally: "Tally") -> None:
    """Show how far it is."""
    progress, task = bar
    speed = progress.tasks[0].speed
    progress.update(
        task,
        completed=tally.planned - tally.pending,
        total=tally.planned or None,
        rate=f"{speed:.0f}/s" if speed else "",
    )
