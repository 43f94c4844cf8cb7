"""Campaigns in the chat: make one from a template, see how it goes, approve, pause, resume, cancel, report.

What is being made is a draft in the database from the first press on: buttons carry its number, no state is kept
elsewhere, and the right is looked up anew for each press.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.campaigns.definition import AudienceRule, CampaignIsWrong, Definition, Message, Schedule, Written, checked
from bot.campaigns.insights import Insights
from bot.campaigns.pages import pressed, steps
from bot.campaigns.progress import FEWEST, control_buttons, progress_page
from bot.campaigns.report import Report, Share, make_report
from bot.campaigns.report_pages import as_picture
from bot.campaigns.service import (
    CampaignService,
    Changed,
    NeedsApproval,
    NoSuchCampaign,
    NotNow,
    Overview,
    Ready,
    SamePerson,
)
from bot.people.invites import PeopleService, UnknownSchool
from bot.people.rights import Actor, NotAllowed
from bot.replies import Button, Press, PressKind, Reply
from bot.turns import Turn
from content.library import Library
from content.schema import LANGUAGES, Language, Text
from db.campaign_models import CampaignState
from db.engine import Database
from db.models import Poll, now

Replies = tuple[Reply, ...]

_LISTED = 6
_MOST_CHOICES = 20
_TIMES = ((0, 12), (0, 18), (1, 9), (1, 12), (1, 18), (2, 9))  # days from today, hour
_MAKING = (CampaignState.DRAFT, CampaignState.APPROVED)


class CampaignCommands:
    """Answers `/campaign` and the buttons of campaigns. `approve_from`: said where a second person is needed."""

    def __init__(
        self,
        service: CampaignService,
        people: PeopleService,
        database: Database,
        library: Callable[[], Library],
        zone: ZoneInfo,
        approve_from: int,
    ) -> None:
        self._service = service
        self._people = people
        self._database = database
        self._library = library
        self._zone = zone
        self._approve_from = approve_from
        self._insights = Insights(people, database, library)

    async def handle(self, turn: Turn, language: Language) -> Replies | None:
        """The replies when the turn is about campaigns and staff's, otherwise None."""
        insights = await self._insights.handle(turn, language)
        if insights is not None:
            return insights
        is_press = turn.press is not None and turn.press.kind is PressKind.MAKE
        if turn.command != "campaign" and not is_press:
            return None
        actor = await self._people.actor(turn.address)
        if turn.in_group or not actor.is_staff:
            return (self._says("no_right", language),)
        try:
            if turn.press is not None:
                return await self._pressed(turn.press, actor, language)
            return await (
                self._written(turn.text, actor, language) if turn.text.strip() else self._list(actor, language)
            )
        except NeedsApproval as error:
            key = "campaign_asked" if error.approvers else "campaign_nobody_to_ask"
            places = {"limit": self._approve_from} | ({"count": error.approvers} if error.approvers else {})
            return (self._says(key, language, **places),)
        except SamePerson:
            return (self._says("campaign_same_person", language),)
        except Changed:
            return (self._says("campaign_changed", language),)
        except NotAllowed:
            return (self._says("no_right", language),)
        except (NoSuchCampaign, NotNow, UnknownSchool):
            return (self._says("campaign_gone", language),)
        except CampaignIsWrong as error:
            problems = "\n".join(f"{problem.field}: {problem.message}" for problem in error.problems)
            return (self._says("campaign_not_right", language, problems=problems),)

    async def resolved(self, turn: Turn) -> Turn:
        """A press on a campaign's button as the press it stands for; noted, once, for the report."""
        if turn.press is None or turn.press.kind is not PressKind.CAMPAIGN or turn.in_group:
            return turn
        number, _, place = turn.press.subject.partition(".")
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            return turn
        async with self._database.write() as work:
            campaign = await work.campaigns.get(int(number))
            person = await work.people.find(turn.address)
            if campaign is None or person is None:
                return turn
            press = pressed(Definition.model_validate_json(campaign.definition), place)
            if press is None:
                return turn
            await work.ledger.press(campaign.number, person.id, place)
        return replace(turn, press=press)

    async def answered(self, poll: Poll, option: int | None) -> None:
        """Note the answer to a campaign's question. Telegram itself has shown whether it was right, and why."""
        if poll.delivery_id is None or option is None:
            return
        async with self._database.write() as work:
            await work.ledger.answer(poll.delivery_id, poll.question, right=option == poll.right_option)

    def _says(self, key: str, language: Language, **places: object) -> Reply:
        return Reply(self._library().text(key, language, **places), language=language)

    def _button(self, key: str, language: Language, subject: str, choice: int = 0) -> Button:
        return Button(self._library().text(key, language), Press(PressKind.MAKE, subject, choice))

    async def _list(self, actor: Actor, language: Language) -> Replies:
        campaigns = list(await self._service.all(actor))[-_LISTED:]
        rows = [
            (Button(f"{one.definition.title[language]}"[:38], Press(PressKind.MAKE, f"see.{one.campaign.number}")),)
            for one in reversed(campaigns)
        ]
        rows.append((self._button("campaign_button_new", language, "new"),))
        about = self._says("campaign_list", language)
        return (replace(about, buttons=tuple(rows)),)

    async def _pressed(self, press: Press, actor: Actor, language: Language) -> Replies:
        verb, _, rest = press.subject.partition(".")
        if verb == "new":
            return self._templates(language)
        if verb == "use":
            return await self._from_template(rest, actor, language)
        number, _, detail = rest.partition(".")
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise NoSuchCampaign(number)
        overview = await self._service.numbered(int(number), actor)
        if verb == "send":
            return await self._send(overview, actor, language)
        if verb == "approve":
            await self._service.approve(overview.campaign.id, actor, seen=detail)
            return await self._see(overview, actor, language)
        if verb == "try":
            person = [actor.person_id] if actor.person_id is not None else []
            await self._service.trial(overview.campaign.id, person, actor)
            return (self._says("campaign_tried", language),)
        if verb in ("whom", "when"):
            page = await (self._whom(overview, actor, language) if verb == "whom" else self._when(overview, language))
            return (page,)
        if verb in ("to", "class", "at"):
            return await self._change(overview, verb, press.choice, actor, language)
        if verb == "report":
            return (await self._report(overview, language),)
        if verb in ("pause", "resume", "cancel"):
            await getattr(self._service, verb)(overview.campaign.id, actor)
        return await self._see(overview, actor, language)

    async def _see(self, overview: Overview, actor: Actor, language: Language) -> Replies:
        """How a campaign stands; one that is still being made: what students will see, and who they are."""
        overview = await self._service.numbered(overview.campaign.number, actor)
        if overview.campaign.state in _MAKING:
            return await self._preview(overview, actor, language)
        return (progress_page(self._library, overview.campaign, overview.definition, overview.tally, language),)

    def _templates(self, language: Language) -> Replies:
        """Templates, those for this month first."""
        month = now().astimezone(self._zone).month
        templates = sorted(self._library().campaigns.items(), key=lambda one: (month not in one[1].months, one[0]))
        rows = tuple(
            (Button(template.title[language], Press(PressKind.MAKE, f"use.{name}")),)
            for name, template in templates[:_MOST_CHOICES]
        )
        return (replace(self._says("campaign_templates", language), buttons=rows),)

    async def _from_template(self, name: str, actor: Actor, language: Language) -> Replies:
        template = self._library().campaigns.get(name)
        if template is None:
            raise NoSuchCampaign(name)
        definition = Definition(id=_new_id(name), title=template.title, template=name)
        return await self._made(definition, actor, language)

    async def _written(self, text: str, actor: Actor, language: Language) -> Replies:
        """`/campaign TITLE`, the Chinese text on the next lines, a line of three hyphens, the English text."""
        title, _, body = text.strip().partition("\n")
        chinese, found, english = body.partition("\n---\n")
        if not (title.strip() and chinese.strip() and found and english.strip()):
            return await self._list(actor, language)
        definition = Definition(
            id=_new_id("own"),
            title=Text(zh=title, en=title),
            messages=(Message(text=Text(zh=chinese, en=english)),),
        )
        return await self._made(definition, actor, language)

    async def _made(self, definition: Definition, actor: Actor, language: Language) -> Replies:
        complete = checked(definition, self._library())
        campaign = await self._service.create(Written(complete, {}), actor)
        overview = await self._service.numbered(campaign.number, actor)
        schools, _, _ = await self._service.choices(actor)
        if len(schools) > 1:
            return (await self._whom(overview, actor, language),)
        return await self._preview(overview, actor, language)

    async def _whom(self, overview: Overview, actor: Actor, language: Language) -> Reply:
        """Schools to choose from, or, when there is one, its classes."""
        schools, classes, _ = await self._service.choices(actor)
        number = overview.campaign.number
        rows = [(self._button("campaign_button_all", language, f"to.{number}"),)]
        if len(schools) > 1:
            rows += [
                (Button(name[:38], Press(PressKind.MAKE, f"to.{number}", place)),)
                for place, name in enumerate(schools[:_MOST_CHOICES], 1)
            ]
        else:
            rows += [
                (Button(name[:38], Press(PressKind.MAKE, f"class.{number}", place)),)
                for place, name in enumerate(classes[:_MOST_CHOICES], 1)
            ]
        return replace(self._says("campaign_whom", language), buttons=tuple(rows))

    async def _when(self, overview: Overview, language: Language) -> Reply:
        number, moment = overview.campaign.number, now().astimezone(self._zone)
        rows = [(self._button("campaign_when_now", language, f"at.{number}"),)]
        for place, at in enumerate(self._moments(moment), 1):
            if at > moment:
                rows.append((Button(at.strftime("%m-%d %H:%M"), Press(PressKind.MAKE, f"at.{number}", place)),))
        return replace(self._says("campaign_when", language), buttons=tuple(rows))

    def _moments(self, moment: datetime) -> list[datetime]:
        return [datetime.combine(moment.date() + timedelta(days=days), time(hour), self._zone) for days, hour in _TIMES]

    async def _change(self, overview: Overview, verb: str, choice: int, actor: Actor, language: Language) -> Replies:
        """Another audience or time for one that is still being made."""
        if overview.campaign.state not in _MAKING:
            raise NotNow(overview.campaign.state)
        definition = overview.definition
        if verb == "at":
            moments = self._moments(now().astimezone(self._zone))
            if choice > len(moments):
                raise NoSuchCampaign(str(choice))
            schedule = Schedule(at=moments[choice - 1]) if choice else None
            definition = definition.model_copy(update={"schedule": schedule})
        else:
            schools, classes, _ = await self._service.choices(actor)
            named = schools if verb == "to" else classes
            if choice > len(named):
                raise NoSuchCampaign(str(choice))
            chosen = (named[choice - 1],) if choice else ()
            rule = AudienceRule(schools=chosen) if verb == "to" else AudienceRule(classes=chosen)
            definition = definition.model_copy(update={"audience": rule})
        await self._service.create(Written(definition, {}), actor)
        return await self._see(overview, actor, language)

    async def _preview(self, overview: Overview, actor: Actor, language: Language) -> Replies:
        library, definition, number = self._library(), overview.definition, overview.campaign.number
        seen = tuple(
            replace(step.reply, quiz=None, buttons=_without_press(step.reply))
            for spoken in LANGUAGES
            for step in steps(library, definition, number, 0, spoken, held_out=False)
        )
        ready = await self._service.ready(overview.campaign.id, actor)
        is_own = overview.campaign.author_id == actor.person_id
        buttons = [control_buttons(library, overview.campaign, language)[0]]
        if is_own:
            buttons.append(
                (
                    self._button("campaign_button_whom", language, f"whom.{number}"),
                    self._button("campaign_button_when", language, f"when.{number}"),
                )
            )
        elif overview.campaign.approved_pin != overview.campaign.pin:
            subject = f"approve.{number}.{overview.campaign.pin[:12]}"
            buttons = [(self._button("campaign_button_approve", language, subject),)]
        page = self._says("campaign_made", language, **self._about(definition, ready, language))
        return (*seen, replace(page, buttons=tuple(buttons)))

    def _about(self, definition: Definition, ready: Ready, language: Language) -> dict[str, object]:
        library, rule, counted = self._library(), definition.audience, ready.counted
        meant = "、".join((*rule.schools, *rule.classes, *rule.tags)) or library.text("campaign_button_all", language)
        few = library.text("campaign_few_meant", language)

        def shown(count: int) -> str:
            return few if 0 < count < FEWEST else str(count)

        at = ready.starts_at
        return {
            "title": definition.title[language],
            "audience": meant,
            "count": shown(counted.recipients),
            "never": shown(counted.never_agreed),
            "out": shown(counted.opted_out),
            "blocked": shown(counted.blocked),
            "when": self._moment(at) if at is not None else library.text("campaign_when_now", language),
        }

    def _moment(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).strftime("%Y-%m-%d %H:%M")

    async def _send(self, overview: Overview, actor: Actor, language: Language) -> Replies:
        campaign = await self._service.send(overview.campaign.id, actor)
        assert campaign.starts_at is not None
        page = self._says("campaign_scheduled", language, when=self._moment(campaign.starts_at))
        return (replace(page, buttons=control_buttons(self._library(), campaign, language)),)

    async def _report(self, overview: Overview, language: Language) -> Reply:
        report = await make_report(self._database, overview, self._zone)
        text = self._library().text
        if report.planned is None:
            return self._says(
                "campaign_report", language, title=report.title[language], lines=text("campaign_few", language)
            )
        page = self._says(
            "campaign_report",
            language,
            title=report.title[language],
            lines="\n".join(self._report_lines(overview, report, language)),
        )
        return replace(page, picture=as_picture(report))

    def _report_lines(self, overview: Overview, report: Report, language: Language) -> list[str]:
        library = self._library()
        few = library.text("campaign_report_few", language)

        def shown(one: Share | None) -> str:
            if one is None:
                return few
            percent = f"{one.count / one.total:.0%}"
            return library.text("campaign_report_share", language, percent=percent, count=one.count, total=one.total)

        known = {name: count for name, count in report.funnel.items() if count is not None}
        unsent = sum(known.get(name, 0) for name in ("blocked", "failed", "opted_out", "unknown"))
        hides = None in report.funnel.values()
        lines = [
            library.text("campaign_few_meant", language)
            if hides and "sent" not in known
            else library.text("campaign_counts_some", language, done=known.get("sent", 0), planned=report.planned)
            if hides
            else library.text(
                "campaign_counts",
                language,
                planned=report.planned,
                sent=known["sent"],
                unsent=unsent,
                pending=known["pending"],
            )
        ]
        for number, (label, one) in enumerate(report.buttons, 1):
            lines.append(
                library.text("campaign_report_button", language, number=number, label=label[language], shown=shown(one))
            )
        for number, question in enumerate(report.questions, 1):
            lines.append(library.text("campaign_report_question", language, number=number, shown=shown(question.after)))
            if question.gain is not None:
                gain, low, high = (f"{100 * value:+.0f}" for value in question.gain)
                lines.append(
                    library.text("campaign_report_gain", language, number=number, gain=gain, low=low, high=high)
                )
        lines.append(library.text("campaign_report_left", language, shown=shown(report.opted_out_after)))
        return lines


def _without_press(reply: Reply) -> tuple[tuple[Button, ...], ...]:
    """The buttons of a preview lead where they will lead, and are not counted."""
    return tuple(
        tuple(Button(f"▫️ {button.label}"[:40], Press(PressKind.MENU, "any")) for button in row) for row in reply.buttons
    )


def _new_id(name: str) -> str:
    return f"{name[:24]}-{now():%m%d}-{secrets.token_hex(2)}".replace("_", "-")
