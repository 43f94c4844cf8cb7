"""One plain spelling for many, and every character traced back to the original."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.normalise import Normaliser
from nlu.spelling import load_spellings

NORMALISER = Normaliser(load_spellings())

# Everything that people and attackers type: Chinese, Latin, marks, emoji, what is invisible, what stands alone.
MESSY = st.text(
    st.sampled_from("银行卡跑分薇信銀zhYHKkuUvxpls.*- \n\u200b\u200d\ufe0f🏃💳😭１ａ，？ﬁ\u0301\ud83d\x00")
    | st.characters()
)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("銀行卡違法嗎", "银行卡违法吗"),
        ("ＹＨＫ", "银行卡"),
        ("银行k", "银行卡"),
        ("Y行卡", "银行卡"),
        ("支fu宝", "支付宝"),
        ("加我薇信", "加我微信"),
        ("帮xin罪", "帮信罪"),
        ("bangxinzui", "帮信罪"),
        ("bang xin zui", "帮信罪"),
        ("跑🏃分", "跑分"),
        ("银 行 卡", "银行卡"),
        ("跑.分", "跑分"),
        ("银\u200b行\u200d卡", "银行卡"),
        ("银行💳", "银行卡"),
        ("洗💰", "洗钱"),
        ("crime of aiding trust", "帮信罪"),
        ("Helping Letters", "帮信罪"),
        ("running points", "跑分"),
        ("pls help u", "please help you"),
        ("U盾", "u盾"),
        ("哈哈哈哈哈哈哈", "哈哈哈"),
        ("10000000", "10000000"),
    ],
)
def test_spellings_meet_in_the_plain_word(written: str, plain: str) -> None:
    assert NORMALISER.normalise(written).text == plain


@pytest.mark.parametrize("word", ["vxworks", "thick", "paofenx", "upload", "wxy"])
def test_a_spelling_inside_another_word_stays(word: str) -> None:
    assert NORMALISER.normalise(word).text == word


def test_an_entity_is_found_back_in_the_original() -> None:
    text = "😭我的ＹＨＫ被冻了"
    plain = NORMALISER.normalise(text)
    start = plain.text.index("银行卡")
    assert text[slice(*plain.original_span(start, start + 3))] == "ＹＨＫ"
    assert plain.plain_span(3, 6) == (start, start + 3)


@given(MESSY)
def test_every_character_stands_for_a_stretch_of_the_original(text: str) -> None:
    plain = NORMALISER.normalise(text)
    assert len(plain.text) == len(plain.starts) == len(plain.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(plain.starts, plain.ends, strict=True))
    assert list(plain.starts) == sorted(plain.starts)
    assert list(plain.ends) == sorted(plain.ends)


def test_of_a_long_message_the_beginning_and_the_end_are_read() -> None:
    text = "银行卡" + "。x" * 50_000 + "违法吗"
    plain = NORMALISER.normalise(text)
    assert plain.text.startswith("银行卡")
    assert plain.text.endswith("违法吗")
    assert len(plain.text) <= 4096
    assert plain.ends[-1] == len(text)


def test_the_message_does_not_show_in_a_repr() -> None:
    assert "银行卡" not in repr(NORMALISER.normalise("银行卡"))
