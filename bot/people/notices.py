"""What is told about invitations that wait for the inviter's yes."""

from bot.replies import Button, Press, PressKind, Reply
from content.library import Library
from content.schema import Language
from db.thread_models import Notice, NoticeKind
from db.work import ReadWork, WriteWork


async def invite_notice(
    work: ReadWork | WriteWork, library: Library, notice: Notice, language: Language
) -> Reply | None:
    """The message of a notice about an invitation; None when the invitation is gone or settled."""
    invite = await work.invites.get(notice.invite_id) if notice.invite_id is not None else None
    if invite is None:
        return None
    role = library.text(f"role_{invite.role}", language)
    if notice.kind == NoticeKind.INVITE_CONFIRMED:
        return Reply(library.text("invite_confirmed", language, role=role), language=language)
    if notice.kind == NoticeKind.INVITE_REFUSED:
        return Reply(library.text("invite_refused", language), language=language)
    if notice.kind != NoticeKind.INVITE_CLAIMED or invite.claimed_by is None:
        return None
    school = await work.schools.get(invite.school_id) if invite.school_id is not None else None
    asked = library.text("invite_asked", language, role=role, school=school.name if school else "–")
    buttons = tuple(
        Button(library.text(f"invite_button_{word}", language), Press(PressKind.CONFIRM, f"{word}.{invite.id}"))
        for word in ("yes", "no")
    )
    return Reply(asked, buttons=(buttons,), language=language)
