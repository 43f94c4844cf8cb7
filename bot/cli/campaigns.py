"""`cardwise campaign`: campaigns without Telegram's chat."""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.campaign_doors import actor_named, advance, sending_bar, with_campaigns
from bot.cli.errors import Mistake

if TYPE_CHECKING:
    from bot.campaigns.seeing import Overview
    from bot.campaigns.service import CampaignService
    from bot.people.rights import Actor
    from bot.settings import Settings
    from db.engine import Database

_AS = click.option(
    "--as", "person", metavar="PERSON", help="Whose right counts: a number of `cardwise people list`. Default: yours."
)
_STATES_DONE = ("finished", "cancelled", "paused")


@click.group()
def campaign() -> None:
    """Campaigns: written, approved, sent to everybody once, reported."""


@campaign.command(name="create")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_AS
def campaign_create(file: Path, person: str | None) -> None:
    """Check a campaign file and keep it as a draft; the same id again changes one that has not begun."""

    async def create(service: "CampaignService", by: "Actor", _database: "Database", _settings: "Settings") -> str:
        from bot.campaigns.definition import from_file

        made = await service.create(from_file(file, service.library), by)
        ready = await service.ready(made.id, by)
        counted = ready.counted
        click.echo(
            f"{counted.recipients} recipients now; left out: {counted.never_agreed} never agreed, "
            f"{counted.opted_out} opted out, {counted.blocked} blocked the bot."
            + (" A second person must approve it." if ready.needs_approval else ""),
            err=True,
        )
        return made.id

    click.echo(with_campaigns(create, person))


@campaign.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@_AS
def campaign_list(as_json: bool, person: str | None) -> None:
    """List campaigns: id, state, how many were sent of how many, title."""

    async def every(service: "CampaignService", by: "Actor", *_: Any) -> list["Overview"]:
        return list(await service.all(by))

    for one in with_campaigns(every, person):
        if as_json:
            click.echo(json.dumps(_as_json(one), ensure_ascii=False))
        else:
            tally = one.tally
            click.echo(
                f"{one.campaign.id}\t{one.campaign.state}\t{tally.sent}/{tally.planned}\t{one.definition.title.zh}"
            )


@campaign.command(name="preview")
@click.argument("name", metavar="ID")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Only in this language.")
@_AS
def campaign_preview(name: str, lang: str | None, person: str | None) -> None:
    """Show what recipients will read, whom it reaches, who is left out and why, and the pin to approve."""
    from bot.cli.campaign_preview import show_preview

    with_campaigns(lambda service, by, *_: show_preview(service, by, name, lang), person)


@campaign.command(name="approve")
@click.argument("name", metavar="ID")
@click.option(
    "--seen", metavar="PIN", help="The pin of what you looked at (`campaign preview`): refused if it changed."
)
@click.option("--override", is_flag=True, help="As the operator, without a second person; it stands in the audit log.")
@_AS
def campaign_approve(name: str, seen: str | None, override: bool, person: str | None) -> None:
    """Approve exactly what would be sent: `--as` somebody who did not make it."""
    if person is not None and override:
        raise click.UsageError("--override is the operator's: leave out --as")
    if person is None and not override:
        raise click.UsageError("say who approves with --as PERSON, or use --override as the operator")
    done = with_campaigns(lambda service, by, *_: service.approve(name, by, seen=seen, override=override), person)
    click.echo(f"{done.id}\t{done.state}\t{done.pin[:12]}")


@campaign.command(name="trial")
@click.argument("name", metavar="ID")
@click.option("--to", "guests", metavar="PERSON", multiple=True, required=True, help="Who gets it; may be repeated.")
@_AS
def campaign_trial(name: str, guests: tuple[str, ...], person: str | None) -> None:
    """Send it to a guest list first; the running bot sends it at once."""

    async def trial(service: "CampaignService", by: "Actor", database: "Database", _settings: "Settings") -> int:
        people = [(await actor_named(database, guest)).person_id for guest in guests]
        return await service.trial(name, [one for one in people if one is not None], by)

    click.echo(f"{with_campaigns(trial, person)} people will get it")


@campaign.command(name="send")
@click.argument("name", metavar="ID")
@click.option("--wait", is_flag=True, help="Follow until it is finished, paused or cancelled.")
@click.option("--here", is_flag=True, help="Send in this process, when no bot is running.")
@_AS
def campaign_send(name: str, wait: bool, here: bool, person: str | None) -> None:
    """Mark a campaign for sending; the running bot sends it at its time."""

    async def sent(
        service: "CampaignService", by: "Actor", database: "Database", settings: "Settings"
    ) -> tuple["Overview", datetime | None]:
        await _marked(service, by, name, here)
        if here:
            from bot.cli.campaign_here import send_here

            await send_here(service, by, database, settings, name)
        elif wait:
            await _follow(service, by, name)
        return await service.see(name, by), (await service.ready(name, by)).starts_at

    done, starts = with_campaigns(sent, person)
    when = f"\t{starts.isoformat(timespec='minutes')}" if starts and done.campaign.state == "scheduled" else ""
    click.echo(f"{done.campaign.id}\t{done.campaign.state}\t{done.tally.sent}/{done.tally.planned}{when}")
    if done.campaign.state == "paused":
        raise Mistake(f"it is paused: {done.campaign.paused_why}")


async def _marked(service: "CampaignService", by: "Actor", name: str, here: bool) -> None:
    """Marked for sending; with `--here` one that is already marked or under way is simply gone on with."""
    overview = await service.see(name, by)
    if here and overview.campaign.state in ("scheduled", "sending", "finished"):
        return
    await service.send(name, by)


async def _follow(service: "CampaignService", by: "Actor", name: str) -> None:
    with sending_bar() as bar:
        while True:
            overview = await service.see(name, by)
            advance(bar, overview.tally)
            if overview.campaign.state in _STATES_DONE:
                return
            await asyncio.sleep(1)


def _command(name: str, about: str) -> None:
    """`pause`, `resume` and `cancel` differ in one word."""

    @campaign.command(name=name, help=about)
    @click.argument("campaign_id", metavar="ID")
    @_AS
    def move(campaign_id: str, person: str | None) -> None:
        done = with_campaigns(lambda service, by, *_: getattr(service, name)(campaign_id, by), person)
        click.echo(f"{done.id}\t{done.state}")


_command("pause", "Stop sending for now.")
_command("resume", "Go on with a paused campaign.")
_command("cancel", "End a campaign: what has not gone out never will.")


@campaign.command(name="retry")
@click.argument("name", metavar="ID")
@click.option("--unknown", is_flag=True, help="Those that may have arrived: somebody may get it twice.")
@click.option("--failed", is_flag=True, help="Those that were refused or given up.")
@_AS
def campaign_retry(name: str, unknown: bool, failed: bool, person: str | None) -> None:
    """Try once more what did not go out, because you say so."""
    from db.campaign_models import Outcome

    if not (unknown or failed):
        raise click.UsageError("say which: --unknown, --failed or both")
    outcomes = [Outcome.UNKNOWN] * unknown + [Outcome.CONTENT_ERROR, Outcome.GAVE_UP, Outcome.NOT_FOUND] * failed
    count = with_campaigns(lambda service, by, *_: service.again(name, outcomes, by), person)
    click.echo(f"{count} deliveries will be tried again")


@campaign.command(name="report")
@click.argument("name", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="State and counts as one object.")
@click.option("--html", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write report.html here.")
@click.option("--csv", "table", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures here.")
@_AS
def campaign_report(name: str, as_json: bool, folder: Path | None, table: Path | None, person: str | None) -> None:
    """What a campaign did. Groups under five people are never shown."""
    from bot.campaigns.report import make_report
    from bot.campaigns.report_pages import as_csv, as_html, as_text

    async def made(service: "CampaignService", by: "Actor", database: "Database", _settings: "Settings") -> Any:
        overview = await service.see(name, by)
        return overview, await make_report(database, overview)

    overview, report = with_campaigns(made, person)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.html").write_text(as_html(report), encoding="utf-8")
        click.echo(f"{folder / 'report.html'}", err=True)
    if table is not None:
        table.write_text(as_csv(report), encoding="utf-8-sig")
        click.echo(f"{table}", err=True)
    if as_json:
        click.echo(json.dumps(_as_json(overview), ensure_ascii=False))
    elif folder is None and table is None:
        click.echo(as_text(report))


def _as_json(overview: "Overview") -> dict[str, Any]:
    campaign, tally = overview.campaign, overview.tally
    return {
        "id": campaign.id,
        "state": campaign.state.value,
        "planned": tally.planned,
        "sent": tally.sent,
        "blocked": tally.blocked,
        "failed": tally.failed,
        "opted_out": tally.opted_out,
        "unknown": tally.unknown,
        "pending": tally.pending,
        "held_out": tally.held_out,
        "started": campaign.started_at.isoformat(timespec="seconds") if campaign.started_at else None,
        "finished": campaign.finished_at.isoformat(timespec="seconds") if campaign.finished_at else None,
        "paused_why": campaign.paused_why,
    }
