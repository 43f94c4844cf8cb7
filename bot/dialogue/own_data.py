"""Everything that is stored about a person: shown to them, and erased when they say so."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.dialogue.progress import from_json
from db.engine import Database
from db.models import Membership, Person, Role
from db.thread_models import NoticeKind, Thread
from db.work import ReadWork, WriteWork


@dataclass(frozen=True)
class Place:
    """A school that somebody has joined: the number of the membership, the school, their class."""

    membership: int
    school: str
    class_name: str | None


class OnlyAdmin(Exception):
    """Without this person nobody could invite or remove anybody any more."""


async def export(database: Database, address: str) -> str:
    """All that is stored about whoever is at `address`, as JSON; every key says what it is."""
    async with database.read() as work:
        person = await work.people.find(address)
        if person is None:
            return _as_text({"stored": "nothing"})
        return _as_text(await _everything(work, person))


async def _everything(work: ReadWork, person: Person) -> dict[str, Any]:
    schools = {school.id: school.name for school in await work.schools.all()}
    state = await work.conversations.state(person.id)
    quiz = from_json(await work.quizzes.progress(person.id))
    return {
        "address": person.address,
        "language_chosen": person.language,
        "campaigns_wanted": person.consent.value,
        "campaigns_answered_at": _moment(person.consent_at),
        "known_since": _moment(person.created_at),
        "blocked_the_bot_at": _moment(person.blocked_at),
        "roles": [
            {
                "role": held.role.value,
                "school": schools.get(held.school_id) if held.school_id is not None else None,
                "class": held.class_name,
                "since": _moment(held.since),
            }
            for held in await work.people.memberships(person.id)
        ],
        "conversation_for_30_minutes": None if state is None else json.loads(state),
        "talks_with_counsellors_for_30_days": [
            await _talk(work, thread) for thread in await work.threads.of(person.id)
        ],
        "questions_given_to_the_admins_for_90_days": [
            {"at": _moment(one.kept_at), "text": one.text} for one in await work.questions.of(person.id)
        ],
        "campaigns_for_180_days": [
            {"campaign": name, "outcome": delivery.outcome.value, "at": _moment(delivery.finished_at)}
            for name, delivery in await work.ledger.of(person.id)
        ],
        "laws_told_of_within_180_days": [
            {"law": one.law, "last_on": one.last_on.isoformat()} for one in await work.ledger.laws_of(person.id)
        ],
        "last_day_on_which_you_wrote": None if person.seen_on is None else person.seen_on.isoformat(),
        "still_to_be_told": [
            {"at": _moment(one.created_at), "what": one.kind, "detail": one.detail}
            for one in await work.notices.of(person.id)
        ],
        "quiz_questions": {name: asdict(score) for name, score in quiz.scores.items()},
        "quiz_round": None if quiz.round is None else asdict(quiz.round),
        **await _as_staff(work, person),
    }


async def _as_staff(work: ReadWork, person: Person) -> dict[str, Any]:
    """What is stored because of what they do for the school; empty for students."""
    seat = await work.threads.seat(person.id)
    return {
        "name_that_colleagues_see": seat.name if seat is not None else None,
        "links_you_made_or_wait_with": [
            {"role": one.role.value, "made_at": _moment(one.created_at), "expires_at": _moment(one.expires_at)}
            for one in await work.invites.of(person.id)
        ],
        "campaigns_you_made_or_approved": [one.id for one in await work.campaigns.by(person.id)],
        "talks_you_have_taken_as_counsellor": [one.alias for one in await work.threads.claimed_by(person.id)],
        "audit_log": [
            {"at": _moment(entry.at), "action": entry.action, "subject": entry.subject}
            for entry in await work.audit.of(person.id)
        ],
    }


async def _talk(work: ReadWork, thread: Thread) -> dict[str, Any]:
    """A talk of theirs: what they wrote and were answered. Pictures are told of; they are in their own chat."""
    return {
        "alias": thread.alias,
        "name_given": thread.name,
        "state": thread.state.value,
        "opened_at": _moment(thread.opened_at),
        "closed_at": _moment(thread.closed_at),
        "messages": [
            {
                "at": _moment(message.at),
                "by": "you" if message.from_student else "counsellor",
                "text": message.text,
                "picture": message.picture is not None,
                "file": message.file is not None,
            }
            for message in await work.threads.messages(thread.id)
        ],
    }


async def erase(database: Database, address: str) -> bool:
    """Delete whoever is at `address` with all that belongs to them; whether nothing is left. Raises OnlyAdmin.

    Counts and the audit log stay, without the person.
    """
    async with database.write() as work:
        person = await work.people.find(address)
        if person is None:
            return True
        await _require_another_admin(work, person)
        thread = await work.threads.open_of(person.id)
        if thread is not None and thread.claimed_by is not None:
            # Whoever talks to them is told that there is nobody any more; the alias says nothing about who it was.
            await work.notices.add(thread.claimed_by, NoticeKind.ERASED, detail=thread.alias)
        await work.people.erase(person.id)
    await database.scrub()
    async with database.read() as work:
        return await work.people.find(address) is None


async def _require_another_admin(work: WriteWork, person: Person) -> None:
    admins = {held.person_id for held in await work.people.lock_admins()}
    if admins == {person.id}:
        raise OnlyAdmin


async def places(database: Database, address: str) -> tuple[Place, ...]:
    """The schools at which whoever is at `address` is a student."""
    async with database.read() as work:
        person = await work.people.find(address)
        if person is None:
            return ()
        schools = {school.id: school.name for school in await work.schools.all()}
        return tuple(
            Place(held.id, schools[held.school_id], held.class_name)
            for held in await work.people.memberships(person.id)
            if held.role is Role.STUDENT and held.school_id is not None
        )


async def leave(database: Database, address: str, membership: int) -> bool:
    """End that membership as a student if it is theirs; whether it was."""
    async with database.write() as work:
        person = await work.people.find(address)
        mine = await _student_memberships(work, person) if person is not None else {}
        if membership not in mine:
            return False
        await work.people.remove_membership(membership)
        return True


async def _student_memberships(work: WriteWork, person: Person) -> dict[int, Membership]:
    held = await work.people.memberships(person.id)
    return {one.id: one for one in held if one.role is Role.STUDENT}


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _as_text(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
