"""Give a reply Telegram's shape: escaped HTML, pieces within the length limit, buttons under the last piece."""

from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import MessageLimit
from telegram.helpers import create_deep_linked_url

from bot.replies import Press, PressKind, Reply, encode
from bot.telegram.owners import owned

_LONGEST = MessageLimit.MAX_TEXT_LENGTH
_LINK_KIND = {PressKind.LAW: "l", PressKind.ANSWER: "t", PressKind.GUIDE: "g"}


def html_pieces(reply: Reply, username: str) -> list[str]:
    """The reply as HTML messages, each within Telegram's 4096 characters after parsing."""
    head = f"<b>{escape(reply.headline, quote=False)}</b>\n\n" if reply.headline else ""
    foot = _foot(reply, username)
    pieces = split(reply.body, _LONGEST - length(reply.headline) - length(reply.references_line + reply.footer) - 8)
    bodies = [escape(piece, quote=False) for piece in pieces]
    bodies[0] = head + bodies[0]
    bodies[-1] += foot
    return bodies


def _foot(reply: Reply, username: str) -> str:
    foot = ""
    if reply.references:
        links = " · ".join(
            f'<a href="{escape(_deep_link(reference.press, username))}">{escape(reference.label, quote=False)}</a>'
            for reference in reply.references
        )
        foot += f"\n\n{escape(reply.references_label, quote=False)}{links}"
    if reply.footer:
        foot += f"\n\n{escape(reply.footer, quote=False)}"
    return foot


def _deep_link(press: Press, username: str) -> str:
    return create_deep_linked_url(username, f"{_LINK_KIND[press.kind]}_{press.subject}")


def keyboard(
    reply: Reply, username: str, private_label: str = "", owner: int | None = None
) -> InlineKeyboardMarkup | None:
    """The buttons under a reply, or None; with an `owner` only they can press them."""
    rows = [
        [InlineKeyboardButton(button.label, callback_data=_payload(button.press, owner)) for button in row]
        for row in reply.buttons
    ]
    if reply.go_private:
        link = create_deep_linked_url(username, reply.private_payload or None)
        rows.append([InlineKeyboardButton(private_label, url=link)])
    return InlineKeyboardMarkup(rows) if rows else None


def _payload(press: Press, owner: int | None) -> str:
    return encode(press) if owner is None else owned(encode(press), owner)


def length(text: str) -> int:
    """As Telegram counts: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def split(text: str, limit: int) -> list[str]:
    """`text` in pieces of at most `limit` UTF-16 units, cut at paragraphs, lines, sentences or words where possible."""
    pieces = []
    rest = text
    limit = max(limit, 1)
    while length(rest) > limit:
        window = _prefix(rest, limit)
        cut = _cut(window)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    pieces.append(rest)
    return [piece for piece in pieces if piece] or [""]


def _prefix(text: str, limit: int) -> str:
    return text.encode("utf-16-le")[: limit * 2].decode("utf-16-le", errors="ignore")


def _cut(window: str) -> int:
    for mark in ("\n\n", "\n", "。", ". ", " "):
        at = window.rfind(mark)
        if at > len(window) // 2:
            return at + len(mark)
    return len(window)
