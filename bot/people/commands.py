"""Invitations in the chat: claiming one by a deep link, and making one with /invite."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from bot.people.invites import Claim, ClaimResult, ClassNameTooLong, NewInvite, PeopleService, UnknownSchool, is_invite
from bot.people.rights import Actor, NotAllowed
from bot.replies import Reply
from bot.turns import Kind, Turn
from content.library import Library
from content.schema import Language
from db.models import Role, School


class PeopleCommands:
    """The staff commands. `link` makes the address that opens the bot with a payload."""

    def __init__(
        self, people: PeopleService, library: Callable[[], Library], link: Callable[[str], str], timezone: str
    ) -> None:
        self._people = people
        self._library = library
        self._link = link
        self._timezone = ZoneInfo(timezone)

    async def handle(self, turn: Turn, language: Language) -> Reply | None:
        """The reply when the turn is an invitation's link or a staff command, otherwise None."""
        if turn.kind is not Kind.COMMAND:
            return None
        payload = turn.text.strip()
        if turn.command == "start" and is_invite(payload) and not turn.in_group:
            return self._claimed(await self._people.claim(turn.address, payload), language)
        if turn.command == "invite":
            return await self._invite(turn, language)
        return None

    def _claimed(self, claim: Claim, language: Language) -> Reply:
        library = self._library()
        if claim.result is ClaimResult.NOT_VALID or claim.role is None:
            return Reply(library.text("invite_not_valid", language), language=language)
        if claim.result is ClaimResult.ALREADY:
            return Reply(library.text("invite_already", language), language=language)
        role = library.text(f"role_{claim.role}", language)
        if claim.school is None:
            return Reply(library.text("invite_welcome_everywhere", language, role=role), language=language)
        return Reply(library.text("invite_welcome", language, role=role, school=claim.school), language=language)

    async def _invite(self, turn: Turn, language: Language) -> Reply:
        library = self._library()
        actor = await self._people.actor(turn.address)
        if not actor.is_staff or turn.in_group:
            return Reply(library.text("no_right", language), language=language)
        word, _, rest = turn.text.strip().partition(" ")
        try:
            invite = await self._make(actor, word.lower(), rest.strip() or None)
        except NotAllowed:
            return Reply(library.text("no_right", language), language=language)
        except ClassNameTooLong:
            return Reply(library.text("invite_usage", language), language=language)
        except UnknownSchool as error:
            schools = "、".join(error.known) or library.text("no_school_yet", language)
            return Reply(library.text("invite_unknown_school", language, schools=schools), language=language)
        if invite is None:
            return Reply(library.text("invite_usage", language), language=language)
        return Reply(self._made(invite, language), language=language)

    async def _make(self, actor: Actor, word: str, rest: str | None) -> NewInvite | None:
        if word == Role.COUNSELLOR and rest:
            return await self._people.create_invite(Role.COUNSELLOR, school=rest, by=actor)
        if word != Role.STUDENT:
            return None
        school, class_name = await self._school_and_class(actor, rest)
        if school is None:
            return None
        return await self._people.create_invite(Role.STUDENT, school=school.name, class_name=class_name, by=actor)

    async def _school_and_class(self, actor: Actor, rest: str | None) -> tuple[School | None, str | None]:
        """What `SCHOOL CLASS` or `CLASS` names; whoever has one school only need not name it."""
        schools = await self._people.schools()
        named = [school for school in schools if rest and f"{rest} ".startswith(f"{school.name} ")]
        if named:
            school = max(named, key=lambda school: len(school.name))
            return school, (rest or "")[len(school.name) :].strip() or None
        own = [school for school in schools if actor.is_admin or school.id in actor.own_schools]
        return (own[0] if len(own) == 1 else None), rest

    def _made(self, invite: NewInvite, language: Language) -> str:
        library = self._library()
        return library.text(
            "invite_made",
            language,
            role=library.text(f"role_{invite.role}", language),
            uses=invite.uses,
            expires=invite.expires_at.astimezone(self._timezone).strftime("%Y-%m-%d %H:%M"),
            link=self._link(invite.payload),
        )
