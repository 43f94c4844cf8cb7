"""Who has done something, and whether it is done."""

import pytest

from nlu.tense import deeds
from tests.nlu.conftest import Reader


@pytest.mark.parametrize(
    ("text", "deed"),
    [
        ("i rented out my card", "past me"),
        ("my roommate sold his card", "past third"),
        ("they paid for it", "past they"),
        ("sold my sim yesterday", "past none"),
        ("the card was frozen, i was called", "past me"),
        ("my card got blocked", "passive other"),
        ("can i rent my card", "may i"),
        ("我把卡租出去了", "done me"),
        ("我室友卖了卡", "done mixed"),
        ("他拿走了", "done third"),
        ("被冻结了", "done passive"),
        ("如果卡丢了", "done if"),
        ("租过一次", "done none"),
    ],
)
def test_a_deed_and_who_did_it(read: Reader, text: str, deed: str) -> None:
    assert deed in {name for _, name in deeds(read(text))}


@pytest.mark.parametrize("text", ["", "can you help", "i need a card", "可以租卡吗", "跑分怎么样", "过分"])
def test_nothing_is_done(read: Reader, text: str) -> None:
    assert list(deeds(read(text))) == []
