"""Campaigns in the chat: make one, see how it goes, approve, pause, resume, cancel, report.

What is being made is a draft in the database from the first press on: buttons carry its number, no state is kept
elsewhere, and the right is looked up anew for each press.
"""

from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.campaigns.definition import CampaignIsWrong, Definition, Written, checked
from bot.campaigns.errors import Changed, NeedsApproval, NoSuchCampaign, NotNow, SamePerson
from bot.campaigns.insights import Insights
from bot.campaigns.making import Making
from bot.campaigns.pages import looked_at, pressed, steps
from bot.campaigns.progress import control_buttons, progress_page
from bot.campaigns.report import make_report
from bot.campaigns.report_message import report_message
from bot.campaigns.seeing import Overview
from bot.campaigns.service import CampaignService
from bot.people.invites import PeopleService, UnknownSchool
from bot.people.rights import Actor, NotAllowed
from bot.replies import Button, Press, PressKind, Reply
from bot.turns import Turn
from content.library import Library
from content.schema import LANGUAGES, Language
from db.campaign_models import CampaignState
from db.engine import Database
from db.models import Poll

Replies = tuple[Reply, ...]

_LISTED = 6
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
        self._making = Making(library, zone)

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
            return (self._making.says("no_right", language),)
        try:
            if turn.press is not None:
                return await self._pressed(turn.press, actor, language)
            return await (
                self._written(turn.text, actor, language) if turn.text.strip() else self._list(actor, language)
            )
        except NeedsApproval as error:
            key = "campaign_asked" if error.approvers else "campaign_nobody_to_ask"
            places = {"limit": self._approve_from} | ({"count": error.approvers} if error.approvers else {})
            return (self._making.says(key, language, **places),)
        except SamePerson:
            return (self._making.says("campaign_same_person", language),)
        except Changed:
            return (self._making.says("campaign_changed", language),)
        except NotAllowed:
            return (self._making.says("no_right", language),)
        except (NoSuchCampaign, NotNow, UnknownSchool):
            return (self._making.says("campaign_gone", language),)
        except CampaignIsWrong as error:
            problems = "\n".join(f"{problem.field}: {problem.message}" for problem in error.problems)
            return (self._making.says("campaign_not_right", language, problems=problems),)

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

    async def _list(self, actor: Actor, language: Language) -> Replies:
        campaigns = await self._service.all(actor, _LISTED)
        rows = [
            (Button(one.definition.title[language][:38], Press(PressKind.MAKE, f"see.{one.campaign.number}")),)
            for one in reversed(campaigns)
        ]
        rows.append((self._making.button("campaign_button_new", language, "new"),))
        return (replace(self._making.says("campaign_list", language), buttons=tuple(rows)),)

    async def _written(self, text: str, actor: Actor, language: Language) -> Replies:
        definition = self._making.written(text)
        return await (self._list(actor, language) if definition is None else self._made(definition, actor, language))

    async def _pressed(self, press: Press, actor: Actor, language: Language) -> Replies:
        verb, _, rest = press.subject.partition(".")
        if verb == "new":
            return (self._making.templates(language),)
        if verb == "use":
            return await self._made(self._making.from_template(rest), actor, language)
        number, _, detail = rest.partition(".")
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise NoSuchCampaign(number)
        overview = await self._service.numbered(int(number), actor)
        name = overview.campaign.id
        if verb in ("to", "class", "at"):
            return await self._change(overview, verb, press.choice, actor, language)
        if verb == "whom":
            return (await self._whom(overview, actor, language),)
        if verb == "when":
            return (self._making.when(overview.campaign.number, language),)
        if verb == "send":
            return await self._send(overview, actor, language)
        if verb == "report":
            report = await make_report(self._database, overview, self._zone)
            return (report_message(self._library(), report, language),)
        if verb == "try":
            await self._service.trial(name, [actor.person_id] if actor.person_id is not None else [], actor)
            return (self._making.says("campaign_tried", language),)
        if verb == "approve":
            await self._service.approve(name, actor, seen=detail)
        elif verb in ("pause", "resume", "cancel"):
            await getattr(self._service, verb)(name, actor)
        return await self._see(overview, actor, language)

    async def _see(self, overview: Overview, actor: Actor, language: Language) -> Replies:
        """How a campaign stands; one that is still being made: what students will see, and who they are."""
        overview = await self._service.numbered(overview.campaign.number, actor)
        if overview.campaign.state in _MAKING:
            return await self._preview(overview, actor, language)
        return (progress_page(self._library, overview.campaign, overview.definition, overview.tally, language),)

    async def _made(self, definition: Definition, actor: Actor, language: Language) -> Replies:
        campaign = await self._service.create(Written(checked(definition, self._library()), {}), actor)
        overview = await self._service.numbered(campaign.number, actor)
        schools, _, _ = await self._service.choices(actor)
        if len(schools) > 1:
            return (await self._whom(overview, actor, language),)
        return await self._preview(overview, actor, language)

    async def _whom(self, overview: Overview, actor: Actor, language: Language) -> Reply:
        schools, classes, _ = await self._service.choices(actor)
        return self._making.whom(overview.campaign.number, schools, classes, language)

    async def _change(self, overview: Overview, verb: str, choice: int, actor: Actor, language: Language) -> Replies:
        """Another audience or time for one that is still being made."""
        if overview.campaign.state not in _MAKING:
            raise NotNow(overview.campaign.state)
        schools, classes, _ = await self._service.choices(actor)
        definition = self._making.changed(overview.definition, verb, choice, schools, classes)
        await self._service.change(definition, actor)
        return await self._see(overview, actor, language)

    async def _preview(self, overview: Overview, actor: Actor, language: Language) -> Replies:
        library, definition, campaign = self._library(), overview.definition, overview.campaign
        seen = tuple(
            replace(looked_at(step), buttons=_without_press(step.reply))
            for spoken in LANGUAGES
            for step in steps(library, definition, campaign.number, 0, spoken, held_out=False)
        )
        ready = await self._service.ready(campaign.id, actor)
        page = self._making.about(definition, ready, language)
        return (*seen, replace(page, buttons=self._preview_buttons(overview, actor, language)))

    def _preview_buttons(self, overview: Overview, actor: Actor, language: Language) -> tuple[tuple[Button, ...], ...]:
        """Its author may change and send it; a colleague may approve exactly what is shown."""
        campaign, number = overview.campaign, overview.campaign.number
        if campaign.author_id != actor.person_id and campaign.approved_pin != campaign.pin:
            subject = f"approve.{number}.{campaign.pin[:12]}"
            return ((self._making.button("campaign_button_approve", language, subject),),)
        rows = control_buttons(self._library(), campaign, language)
        if campaign.author_id == actor.person_id:
            whom = self._making.button("campaign_button_whom", language, f"whom.{number}")
            rows += ((whom, self._making.button("campaign_button_when", language, f"when.{number}")),)
        return rows

    async def _send(self, overview: Overview, actor: Actor, language: Language) -> Replies:
        campaign = await self._service.send(overview.campaign.id, actor)
        assert campaign.starts_at is not None
        page = self._making.says("campaign_scheduled", language, when=self._making.moment(campaign.starts_at))
        return (replace(page, buttons=control_buttons(self._library(), campaign, language)),)


def _without_press(reply: Reply) -> tuple[tuple[Button, ...], ...]:
    """The buttons of a preview: as they look, leading nowhere."""
    return tuple(
        tuple(Button(f"▫️ {button.label}"[:40], Press(PressKind.MENU, "any")) for button in row) for row in reply.buttons
    )
