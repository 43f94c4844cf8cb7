"""Nobody is forgotten: who waits is brought to mind, and a talk whose counsellor has left goes back to the others."""

from datetime import timedelta

from bot.handover.counsellor_side import give_back
from bot.handover.student_side import tell_counsellors
from db.engine import Database
from db.models import Role, now
from db.thread_models import NoticeKind, Thread
from db.work import WriteWork

EVERY_SECONDS = 30
# After how long a student's unanswered message is brought to mind, again and again.
REMIND_AFTER = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=24), timedelta(hours=72))
_STUDENT_TOLD_AT = 2  # with the second reminder the student hears that it takes longer, and who is there meanwhile
_ALL_TOLD_FROM = 3  # from the third on, colleagues of a counsellor who does not answer hear of it too


async def remind(database: Database) -> int:
    """Write the reminders that are due, and take talks from counsellors who are none any more; how many of both."""
    async with database.read() as work:
        waiting = [thread.id for thread in await work.threads.waiting() if _is_due(thread)]
        left = [thread.id for thread in await work.threads.taken()]
    done = 0
    for thread_id in left:
        async with database.write() as work:
            thread = await work.threads.hold(thread_id)
            if thread is not None and thread.closed_at is None and not await _is_cared_for(work, thread):
                await give_back(work, thread)
                done += 1
    for thread_id in waiting:
        async with database.write() as work:
            thread = await work.threads.hold(thread_id)
            if thread is not None and thread.closed_at is None and _is_due(thread):
                await _remind(work, thread)
                done += 1
    return done


def _is_due(thread: Thread) -> bool:
    """Whether a reminder is due; after a stop only one is sent for all that were missed."""
    if thread.waiting_since is None or thread.reminders >= len(REMIND_AFTER):
        return False
    return now() - thread.waiting_since >= REMIND_AFTER[thread.reminders]


async def _remind(work: WriteWork, thread: Thread) -> None:
    assert thread.waiting_since is not None
    waited = now() - thread.waiting_since
    told_before = thread.reminders
    thread.reminders = sum(waited >= after for after in REMIND_AFTER)
    if thread.claimed_by is not None:
        await work.notices.add(thread.claimed_by, NoticeKind.REMINDER, thread_id=thread.id)
    if thread.claimed_by is None or thread.reminders >= _ALL_TOLD_FROM:
        await tell_counsellors(work, thread, NoticeKind.REMINDER, but=thread.claimed_by)
    if told_before < _STUDENT_TOLD_AT <= thread.reminders:
        await work.notices.add(thread.student_id, NoticeKind.STILL_WAITING, thread_id=thread.id)


async def _is_cared_for(work: WriteWork, thread: Thread) -> bool:
    """Whether whoever has taken the talk is still a counsellor of the school."""
    if thread.claimed_by is None:
        return False
    held = await work.people.memberships(thread.claimed_by)
    return any(one.role is Role.COUNSELLOR and one.school_id == thread.school_id for one in held)
