"""`cardwise campaign preview`: what recipients will read, and who they are."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.campaigns.service import CampaignService
    from bot.people.rights import Actor


async def show_preview(service: "CampaignService", by: "Actor", name: str, lang: str | None) -> None:
    """Print every message and question in each language, the audience, and the pin."""
    from bot.campaigns.pages import looked_at, steps
    from bot.console.chat import rendered
    from content.schema import LANGUAGES

    overview = await service.see(name, by)
    library, definition = service.library, overview.definition
    for variant, called in enumerate(definition.variant_names):
        for language in LANGUAGES:
            if lang not in (None, language):
                continue
            click.echo(f"=== {language}" + (f", variant {called}" if called else ""))
            todo = steps(library, definition, overview.campaign.number, variant, language, held_out=False)
            for step in todo:
                click.echo(("🖼\n" if step.picture is not None else "") + rendered([looked_at(step)]))
    ready = await service.ready(name, by)
    counted = ready.counted
    rule = definition.audience.model_dump(mode="json", exclude_defaults=True)
    click.echo("=== audience")
    click.echo("; ".join(f"{key}: {_said(value)}" for key, value in rule.items()) or "everybody who agreed")
    click.echo(f"recipients now: {counted.recipients}")
    click.echo(
        f"left out: {counted.never_agreed} never agreed, {counted.opted_out} opted out, {counted.blocked} blocked"
    )
    if definition.hold_out:
        click.echo(f"held out, to compare with: {definition.hold_out} in a hundred")
    begins = ready.starts_at.isoformat(timespec="minutes") if ready.starts_at else "as soon as it is marked for sending"
    click.echo(f"begins: {begins}" + (", also in the quiet hours" if definition.urgent else ""))
    click.echo("a second person must approve it" if ready.needs_approval else "no further approval is needed")
    click.echo(f"pin: {overview.campaign.pin[:12]}")


def _said(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
