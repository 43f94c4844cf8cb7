"""Invitations in the chat: claiming one by a deep link, and making one with /invite."""

import math
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.people.guesses import Guesses
from bot.people.invites import Claim, ClaimResult, ClassNameTooLong, NewInvite, PeopleService, UnknownSchool, is_invite
from bot.people.qr import qr_code
from bot.people.rights import Actor, NotAllowed
from bot.pictures import made_anew
from bot.replies import Press, PressKind, Reply
from bot.turns import Kind, Turn
from content.library import Library
from content.schema import Language
from db.models import Role, School


class PeopleCommands:
    """The staff commands. `link` makes the address that opens the bot with a payload; `wake`: there is news to tell."""

    def __init__(
        self,
        people: PeopleService,
        library: Callable[[], Library],
        link: Callable[[str], str],
        timezone: str,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._people = people
        self._library = library
        self._link = link
        self._timezone = ZoneInfo(timezone)
        self._wake = wake
        self._guesses = Guesses()

    async def handle(self, turn: Turn, language: Language) -> Reply | None:
        """The reply when the turn is an invitation's link or a staff command, otherwise None."""
        if turn.press is not None and turn.press.kind is PressKind.CONFIRM:
            return await self._settle(turn, turn.press, language)
        if turn.kind is not Kind.COMMAND:
            return None
        payload = turn.text.strip()
        if turn.command == "start" and is_invite(payload) and not turn.in_group:
            return await self._claim(turn.address, payload, language)
        if turn.command == "invite":
            return await self._invite(turn, language)
        return None

    async def _claim(self, address: str, payload: str, language: Language) -> Reply:
        wait = self._guesses.wait(address)
        if wait > 0:  # the right code is not looked at either: it would tell which one it is
            minutes = str(math.ceil(wait / 60))
            return Reply(self._library().text("invite_too_many", language, minutes=minutes), language=language)
        claim = await self._people.claim(address, payload)
        if claim.result is ClaimResult.NOT_VALID:
            self._guesses.wrong(address)
        else:
            self._guesses.right(address)
        return self._claimed(claim, language)

    def _claimed(self, claim: Claim, language: Language) -> Reply:
        library = self._library()
        if claim.result is ClaimResult.NOT_VALID or claim.role is None:
            return Reply(library.text("invite_not_valid", language), language=language)
        if claim.result is ClaimResult.ALREADY:
            return Reply(library.text("invite_already", language), language=language)
        role = library.text(f"role_{claim.role}", language)
        if claim.result is ClaimResult.WAITS:
            self._wake()
            return Reply(library.text("invite_wait", language, role=role), language=language)
        if claim.school is None:
            return Reply(library.text("invite_welcome_everywhere", language, role=role), language=language)
        return Reply(library.text("invite_welcome", language, role=role, school=claim.school), language=language)

    async def _invite(self, turn: Turn, language: Language) -> Reply:
        library = self._library()
        actor = await self._people.actor(turn.address)
        if not actor.is_staff or turn.in_group:
            return Reply(library.text("no_right", language), language=language)
        word, _, rest = turn.text.strip().partition(" ")
        if word.lower() in ("list", "revoke"):
            return await self._listed_or_revoked(actor, word.lower(), rest.strip(), language)
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
        picture = made_anew(qr_code(self._link(invite.payload)))
        return Reply(self._made(invite, language), picture=picture, picture_below=True, language=language)

    async def _listed_or_revoked(self, actor: Actor, word: str, rest: str, language: Language) -> Reply:
        text = self._library().text
        if word == "revoke":
            if not (rest.isascii() and rest.isdigit() and len(rest) < 10):
                return Reply(text("invite_usage", language), language=language)
            try:
                taken = await self._people.revoke_invite(int(rest), actor)
            except NotAllowed:
                return Reply(text("no_right", language), language=language)
            return Reply(text("invite_revoked" if taken else "invite_not_valid", language), language=language)
        lines = [
            text(
                "invite_line",
                language,
                number=invite.id,
                role=text(f"role_{invite.role}", language),
                school=school.name if school is not None else "–",
                uses=invite.uses,
                allowed=invite.uses_allowed,
                expires=self._moment(invite.expires_at),
            )
            for invite, school in await self._people.open_invites(actor)
        ]
        if not lines:
            return Reply(text("invite_list_none", language), language=language)
        return Reply(text("invite_list", language, lines="\n".join(lines[-30:])), language=language)

    async def _settle(self, turn: Turn, press: Press, language: Language) -> Reply | None:
        """The inviter's yes or no to whoever claimed a link that gives power."""
        word, _, number = press.subject.partition(".")
        text = self._library().text
        if word not in ("yes", "no") or not (number.isascii() and number.isdigit() and len(number) < 10):
            return None
        try:
            done = await self._people.settle(
                int(number), await self._people.actor(turn.address), confirmed=word == "yes"
            )
        except NotAllowed:
            return Reply(text("no_right", language), language=language)
        self._wake()
        return Reply(text(f"invite_{word}_done" if done else "invite_settled", language), language=language)

    def _moment(self, moment: datetime) -> str:
        return moment.astimezone(self._timezone).strftime("%Y-%m-%d %H:%M")

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
            expires=self._moment(invite.expires_at),
            link=self._link(invite.payload),
        )
