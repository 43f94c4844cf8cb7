"""Put a campaign together in the chat, by buttons: from a template, for whom, and when."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.campaigns.definition import AudienceRule, Definition, Message, Schedule
from bot.campaigns.errors import NoSuchCampaign
from bot.campaigns.privacy import FEWEST
from bot.campaigns.seeing import Ready
from bot.replies import Button, Press, PressKind, Reply
from content.library import Library
from content.schema import Language, Text
from db.models import now

T = TypeVar("T")

MOST_CHOICES = 20
_TIMES = ((0, 12), (0, 18), (1, 9), (1, 12), (1, 18), (2, 9))  # days from today, hour


class Making:
    """The pages of what can be chosen, and what each choice means. `zone`: whose hours are offered."""

    def __init__(self, library: Callable[[], Library], zone: ZoneInfo) -> None:
        self._library = library
        self._zone = zone

    def says(self, key: str, language: Language, **places: object) -> Reply:
        return Reply(self._library().text(key, language, **places), language=language)

    def button(self, key: str, language: Language, subject: str, choice: int = 0) -> Button:
        return Button(self._library().text(key, language), Press(PressKind.MAKE, subject, choice))

    def templates(self, language: Language) -> Reply:
        """Templates, those for this month first."""
        month = now().astimezone(self._zone).month
        templates = sorted(self._library().campaigns.items(), key=lambda one: (month not in one[1].months, one[0]))
        rows = tuple(
            (Button(template.title[language], Press(PressKind.MAKE, f"use.{name}")),)
            for name, template in templates[:MOST_CHOICES]
        )
        return replace(self.says("campaign_templates", language), buttons=rows)

    def from_template(self, name: str) -> Definition:
        """A new campaign. Raises NoSuchCampaign."""
        template = self._library().campaigns.get(name)
        if template is None:
            raise NoSuchCampaign(name)
        return Definition(id=_new_id(name), title=template.title, template=name)

    @staticmethod
    def written(text: str) -> Definition | None:
        """TITLE, the Chinese text on the next lines, a line of three hyphens, the English text; None for less."""
        title, _, body = text.strip().partition("\n")
        chinese, found, english = body.partition("\n---\n")
        if not (title.strip() and chinese.strip() and found and english.strip()):
            return None
        message = Message(text=Text(zh=chinese, en=english))
        return Definition(id=_new_id("own"), title=Text(zh=title, en=title), messages=(message,))

    def whom(self, number: int, schools: Sequence[str], classes: Sequence[str], language: Language) -> Reply:
        """Schools to choose from, or, when there is one, its classes."""
        verb, names = ("to", schools) if len(schools) > 1 else ("class", classes)
        rows = [(self.button("campaign_button_all", language, f"to.{number}"),)]
        rows += [
            (Button(name[:38], Press(PressKind.MAKE, f"{verb}.{number}", place)),)
            for place, name in enumerate(names[:MOST_CHOICES], 1)
        ]
        return replace(self.says("campaign_whom", language), buttons=tuple(rows))

    def when(self, number: int, language: Language) -> Reply:
        """Times to choose from."""
        moment = now().astimezone(self._zone)
        rows = [(self.button("campaign_when_now", language, f"at.{number}"),)]
        rows += [
            (Button(at.strftime("%m-%d %H:%M"), Press(PressKind.MAKE, f"at.{number}", place)),)
            for place, at in enumerate(self._moments(moment), 1)
            if at > moment
        ]
        return replace(self.says("campaign_when", language), buttons=tuple(rows))

    def changed(
        self, definition: Definition, verb: str, choice: int, schools: Sequence[str], classes: Sequence[str]
    ) -> Definition:
        """The campaign with another time or audience. Raises NoSuchCampaign for a choice there is not."""
        if verb == "at":
            at = _chosen(self._moments(now().astimezone(self._zone)), choice)
            return definition.model_copy(update={"schedule": Schedule(at=at) if at is not None else None})
        named = _chosen(schools if verb == "to" else classes, choice)
        names = (named,) if named is not None else ()
        rule = AudienceRule(schools=names) if verb == "to" else AudienceRule(classes=names)
        return definition.model_copy(update={"audience": rule})

    def about(self, definition: Definition, ready: Ready, language: Language) -> Reply:
        """Whom it reaches, who is left out, and when it goes; small counts are told only as small."""
        library, rule, counted = self._library(), definition.audience, ready.counted
        few = library.text("campaign_few_meant", language)
        at = ready.starts_at

        def shown(count: int) -> str:
            return few if 0 < count < FEWEST else str(count)

        return self.says(
            "campaign_made",
            language,
            title=definition.title[language],
            audience="、".join((*rule.schools, *rule.classes, *rule.tags))
            or library.text("campaign_button_all", language),
            count=shown(counted.recipients),
            never=shown(counted.never_agreed),
            out=shown(counted.opted_out),
            blocked=shown(counted.blocked),
            when=self.moment(at) if at is not None else library.text("campaign_when_now", language),
        )

    def moment(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).strftime("%Y-%m-%d %H:%M")

    def _moments(self, moment: datetime) -> list[datetime]:
        return [datetime.combine(moment.date() + timedelta(days=days), time(hour), self._zone) for days, hour in _TIMES]


def _chosen(named: Sequence[T], choice: int) -> T | None:
    """What was chosen; None for the first button, which chooses nothing in particular. Raises NoSuchCampaign."""
    if choice > len(named):
        raise NoSuchCampaign(str(choice))
    return named[choice - 1] if choice else None


def _new_id(name: str) -> str:
    return f"{name[:24]}-{now():%m%d}-{secrets.token_hex(2)}".replace("_", "-")
