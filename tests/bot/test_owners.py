"""Whose button it is, in the button itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.replies import Press, PressKind, decode, encode
from bot.telegram.owners import owned, refusal, taken_apart

_IDS = st.integers(1, 2**52)  # Bot API: User.id has at most 52 significant bits


@given(_IDS, st.integers(0, 999))
def test_a_button_says_whose_it_is_and_stays_short(user: int, choice: int) -> None:
    press = Press(PressKind.ANSWER, "a" * 40, choice)
    data = owned(encode(press), user)
    assert len(data.encode()) <= 64
    payload, owner = taken_apart(data)
    assert owner == user
    assert decode(payload) == press


@given(_IDS, _IDS)
def test_only_its_owner_may_press_it(user: int, other: int) -> None:
    data = owned("1a:ask_penalty", user)
    for in_group in (True, False):
        assert refusal(data, other, in_group=in_group) == (None if user == other else "not_your_button")


@given(st.text(max_size=64), _IDS)
def test_a_made_up_button_never_raises(data: str, user: int) -> None:
    taken_apart(data)
    refusal(data, user, in_group=True)


def test_a_button_without_an_owner_works_in_private_only() -> None:
    assert refusal("1a:ask_penalty", 1, in_group=False) is None
    assert refusal("1a:ask_penalty", 1, in_group=True) == "old_button_group"


@pytest.mark.parametrize("mark", ["~", "~-b", "~0", "~_b", "~é"])
def test_an_owner_that_makes_no_sense_is_nobody(mark: str) -> None:
    for in_group in (True, False):
        assert refusal("1a:ask_penalty" + mark, 11, in_group=in_group) == "old_button_group"
