"""Replies in Telegram's shape: whatever a reply holds, Telegram takes it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.replies import Button, Press, PressKind, Reference, Reply
from bot.telegram.messages import html_pieces, keyboard, length, split
from tests.fakes.telegram_rules import checked_keyboard, parsed_text

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), min_size=1)
VISIBLE = TEXT.filter(lambda text: bool(text.strip()))


@given(VISIBLE, st.integers(20, 200))
def test_pieces_fit_and_lose_no_word(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(length(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@settings(max_examples=60)
@given(VISIBLE, st.text(max_size=50), st.text(max_size=50), st.integers(1, 400))
def test_every_reply_is_taken(body: str, headline: str, footer: str, times: int) -> None:
    reference = Reference("刑法 <287> & 之二", Press(PressKind.LAW, "cl-287-2"))
    reply = Reply((body + "\n\n") * times, headline, (reference,), "依据：", footer)
    pieces = html_pieces(reply, "cardwise_bot")
    for piece in pieces:
        visible = parsed_text(piece, "HTML")
        assert length(visible) <= 4096


def test_laws_are_links_back_into_the_bot() -> None:
    reply = Reply("x", references=(Reference("Art. 31", Press(PressKind.LAW, "atofl-31")),))
    assert '<a href="https://t.me/cardwise_bot?start=l_atofl-31">Art. 31</a>' in html_pieces(reply, "cardwise_bot")[0]


def test_buttons_are_taken() -> None:
    reply = Reply("x", buttons=((Button("📖", Press(PressKind.LAWS, "ask_penalty.default", 2)),),), go_private=True)
    markup = keyboard(reply, "cardwise_bot", "💬")
    assert markup is not None
    rows = checked_keyboard(markup.to_json())
    assert rows[0][0]["callback_data"] == "1w:ask_penalty.default:2"
    assert rows[1][0]["url"] == "https://t.me/cardwise_bot"
