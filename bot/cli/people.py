"""`cardwise school`, `invite`, `people` and `audit`: who may do what."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from bot.cli.errors import Mistake, told_plainly

if TYPE_CHECKING:
    from bot.people.invites import NewInvite, PeopleService
    from bot.settings import Settings

T = TypeVar("T")


def _with_people(work: Callable[["PeopleService", "Settings"], Awaitable[T]]) -> T:
    from bot import logs
    from bot.app import open_database
    from bot.people.invites import PeopleService
    from bot.settings import load_settings

    async def opened(settings: "Settings") -> T:
        async with open_database(settings) as database:
            return await work(PeopleService(database, settings.timezone), settings)

    with told_plainly():
        settings = load_settings()
        logs.configure(settings.log_format)
        return asyncio.run(opened(settings))


@click.group()
def school() -> None:
    """Schools."""


@school.command(name="add")
@click.argument("name")
def school_add(name: str) -> None:
    """Add a school."""
    from bot.people.invites import SchoolExists

    name = name.strip()
    if not 0 < len(name) <= 120:
        raise Mistake("a school's name has 1 to 120 characters")
    try:
        added = _with_people(lambda people, _: people.add_school(name))
    except SchoolExists:
        raise Mistake(f"there is a school named {name} already") from None
    click.echo(f"{added.id}\t{added.name}")


@school.command(name="list")
def school_list() -> None:
    """List the schools: number, a tab, name."""
    for one in _with_people(lambda people, _: people.schools()):
        click.echo(f"{one.id}\t{one.name}")


@click.group()
def invite() -> None:
    """Invitations: links that give a role."""


@invite.command(name="create")
@click.option("--role", type=click.Choice(["admin", "counsellor", "student"]), required=True)
@click.option("--school", metavar="NAME", help="Needed for counsellors and students.")
@click.option("--class", "class_name", metavar="NAME", help="The class that students of this link belong to.")
@click.option("--uses", type=click.IntRange(1, 5000), help="How many people may use it (students only).")
@click.option("--days", type=click.IntRange(1, 365), help="For how long it works (students only).")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="A tag for whoever comes by it; may be repeated.")
@click.option(
    "--qr", "picture", type=click.Path(dir_okay=False, path_type=Path), help="Write a QR code to print (PNG)."
)
@click.option("--json", "as_json", is_flag=True, help='Print {"payload", "link", "expires"}.')
def invite_create(
    role: str,
    school: str | None,
    class_name: str | None,
    uses: int | None,
    days: int | None,
    tags: tuple[str, ...],
    picture: Path | None,
    as_json: bool,
) -> None:
    """Make an invitation. Links for admins and counsellors work once, for 72 hours."""
    from bot.people.invites import LONGEST_CLASS_NAME, ClassNameTooLong, UnknownSchool
    from db.models import Role

    if role != Role.ADMIN and not school:
        raise click.UsageError(f"--school is needed to invite a {role}")
    _check_tags(tags)
    if role != Role.STUDENT and (uses or days):
        raise click.UsageError("--uses and --days are for student links; others work once, for 72 hours")

    async def make(people: "PeopleService", settings: "Settings") -> tuple["NewInvite", str | None]:
        life = timedelta(days=days) if days else None
        made = await people.create_invite(
            Role(role), school=school, class_name=class_name, uses=uses, life=life, tags=tags
        )
        return made, await _link(settings, made.payload)

    try:
        made, link = _with_people(make)
    except UnknownSchool as error:
        there = ", ".join(error.known) or "none yet, see `cardwise school add`"
        raise Mistake(f"there is no school named {error.name}; schools: {there}") from None
    except ClassNameTooLong:
        raise Mistake(f"a class's name has at most {LONGEST_CLASS_NAME} characters") from None
    expires = made.expires_at.isoformat(timespec="seconds")
    if picture is not None:
        _write_qr(picture, link)
    if as_json:
        click.echo(json.dumps({"payload": made.payload, "link": link, "expires": expires}))
    else:
        click.echo(link or f"/start {made.payload}")
        click.echo(f"For {made.uses} use(s), until {expires}.", err=True)


def _check_tags(tags: Iterable[str]) -> None:
    for tag in tags:
        if not 0 < len(tag) <= 40 or "," in tag:
            raise click.UsageError("a tag has 1 to 40 characters and no comma")


def _write_qr(path: Path, link: str | None) -> None:
    from bot.people.qr import qr_code

    if link is None:
        raise Mistake("a QR code needs the bot's name, so a token that Telegram knows: set TELEGRAM_BOT_TOKEN")
    try:
        path.write_bytes(qr_code(link))
    except OSError as error:
        raise Mistake(f"{path} cannot be written: {error.strerror}") from None
    click.echo(f"{path}", err=True)


async def _link(settings: "Settings", payload: str) -> str | None:
    """The address that opens the bot with the payload; None while there is no token or Telegram cannot be asked."""
    if settings.telegram_token is None:
        click.echo(
            "No TELEGRAM_BOT_TOKEN, so the bot's name is unknown: send the payload as `/start PAYLOAD`.", err=True
        )
        return None
    from bot.telegram.application import bot_username

    proxy = settings.telegram_proxy_url
    username = await bot_username(
        settings.telegram_token.get_secret_value(),
        api_url=settings.telegram_api_url,
        proxy_url=proxy.get_secret_value() if proxy else None,
    )
    if username is None:
        click.echo("Telegram could not be asked for the bot's name: send the payload as `/start PAYLOAD`.", err=True)
        return None
    return f"https://t.me/{username}?start={payload}"


@invite.command(name="list")
def invite_list() -> None:
    """List invitations: number, role, school's number, uses, until when, state."""
    for one in _with_people(lambda people, _: people.invites()):
        if one.revoked_at:
            state = "revoked"
        elif one.uses >= one.uses_allowed:
            state = "used"
        else:
            state = "expired" if one.expires_at <= datetime.now(UTC) else "open"
        until = one.expires_at.isoformat(timespec="seconds")
        click.echo(f"{one.id}\t{one.role}\t{one.school_id or '-'}\t{one.uses}/{one.uses_allowed}\t{until}\t{state}")


@invite.command(name="revoke")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
def invite_revoke(number: int) -> None:
    """Take an invitation back."""
    if not _with_people(lambda people, _: people.revoke_invite(number)):
        raise Mistake(f"there is no invitation {number}")


@click.group()
def people() -> None:
    """People with a role."""


@people.command(name="list")
def people_list() -> None:
    """List roles: number, role, school, class, since. Names are never stored."""
    for held, at in _with_people(lambda service, _: service.memberships()):
        since = held.since.date().isoformat()
        click.echo(f"{held.id}\t{held.role}\t{at.name if at else '-'}\t{held.class_name or '-'}\t{since}")


@people.command(name="remove")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
def people_remove(number: int) -> None:
    """Take a role away (its number is in `cardwise people list`)."""
    from bot.people.invites import LastAdmin

    try:
        removed = _with_people(lambda service, _: service.remove(number))
    except LastAdmin:
        raise Mistake("the last admin cannot be removed: invite another one first") from None
    if not removed:
        raise Mistake(f"there is no role {number}")


@people.command(name="tag")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@click.argument("tags", nargs=-1, required=True)
@click.option("--remove", is_flag=True, help="Take them away.")
def people_tag(number: int, tags: tuple[str, ...], remove: bool) -> None:
    """Give a role tags, by which campaigns can reach it."""
    _check_tags(tags)
    if not _with_people(lambda service, _: service.tag(number, tags, remove=remove)):
        raise Mistake(f"there is no role {number}")


@click.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
def audit(limit: int) -> None:
    """The audit log, newest first: when, who (operator or a person's internal id), what, to what."""
    for entry in _with_people(lambda service, _: service.audit(limit)):
        who = "operator" if entry.by_operator else str(entry.actor_id)[:8] if entry.actor_id else "(erased)"
        click.echo(f"{entry.at.isoformat(timespec='seconds')}\t{who}\t{entry.action}\t{entry.subject}")
