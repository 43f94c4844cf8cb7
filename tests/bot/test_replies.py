"""Replies and buttons as plain data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.replies import ButtonTooLong, Press, PressKind, Reference, Reply, decode, encode

IDS = st.from_regex(r"[a-z0-9]+([_-][a-z0-9]+)*(\.[a-z0-9_-]+)?", fullmatch=True).filter(lambda s: len(s) <= 44)


@given(st.sampled_from(PressKind), IDS, st.integers(0, 999))
def test_a_button_comes_back_as_it_was(kind: PressKind, subject: str, choice: int) -> None:
    press = Press(kind, subject, choice)
    assert decode(encode(press)) == press
    assert len(encode(press).encode()) <= 52  # with room for whose button it is in a group


@given(st.text(max_size=64))
def test_any_payload_is_a_press_or_an_old_button(payload: str) -> None:
    press = decode(payload)
    assert press is None or isinstance(press, Press)


@pytest.mark.parametrize(
    "payload", ["", ":", "0a:x", "1Z:x", "1a:", "1a", "1a:x:", "2a:x", "1a:x:-1", "1a:x:١", "1a:x:9999"]
)
def test_payloads_of_other_versions_are_no_press(payload: str) -> None:
    press = decode(payload)
    assert press is None or (payload == "1a:x:" and press == Press(PressKind.ANSWER, "x"))


def test_a_button_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ButtonTooLong):
        encode(Press(PressKind.ANSWER, "x" * 70))


def test_the_text_holds_headline_body_references_and_footer() -> None:
    reply = Reply("why", "⛔ no", (Reference("Art. 31", Press(PressKind.LAW, "atofl-31")),), "Law: ", "call")
    assert reply.text == "⛔ no\n\nwhy\n\nLaw: Art. 31\n\ncall"
