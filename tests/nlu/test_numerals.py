"""Numbers in digits, Chinese numerals and English words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.numerals import chinese_number, english_number, find_numerals


@pytest.mark.parametrize(
    ("text", "value", "hint"),
    [
        ("500块", 500, "amount"),
        ("¥800", 800, "amount"),
        ("三千五", 3500, ""),
        ("三千五百元", 3500, "amount"),
        ("1.5万", 15000, ""),
        ("1万5", 15000, ""),
        ("1w", 10000, ""),
        ("2k", 2000, ""),
        ("1,200", 1200, ""),
        ("一万二", 12000, ""),
        ("十万零五百", 100500, ""),
        ("一百零五", 105, ""),
        ("两百五", 250, ""),
        ("两张卡", 2, "count"),
        ("5 cards", 5, "count"),
        ("three spare cards", 3, "count"),
        ("17岁", 17, "age"),
        ("十六岁", 16, "age"),
        ("i am 17", 17, "age"),
        ("seventeen years old", 17, "age"),
        ("five hundred yuan", 500, "amount"),
        ("a thousand", 1000, ""),
        ("three thousand five hundred", 3500, ""),
        ("twenty-one", 21, ""),
        ("0.5", 0.5, ""),
    ],
)
def test_a_number_and_what_it_counts(text: str, value: float, hint: str) -> None:
    numeral = find_numerals(text)[0]
    assert (numeral.value, numeral.hint) == (value, hint)
    assert isinstance(numeral.value, int) == float(value).is_integer()


def test_a_range_is_two_numbers() -> None:
    assert [numeral.value for numeral in find_numerals("300-800块")] == [300, 800]


@pytest.mark.parametrize("text", ["", "千万别去", "phone", "百货", "often", "someone"])
def test_words_that_only_look_like_numbers(text: str) -> None:
    assert find_numerals(text) == ()


@given(st.integers(min_value=1, max_value=99_999))
def test_chinese_numerals_in_full(number: int) -> None:
    assert chinese_number(_in_chinese(number)) == number


@given(st.integers(min_value=1, max_value=999_999))
def test_digits(number: int) -> None:
    assert find_numerals(str(number))[0].value == number


@given(st.text())
def test_no_text_raises(text: str) -> None:
    for numeral in find_numerals(text):
        assert 0 <= numeral.start < numeral.end <= len(text)


def test_english_words_with_and() -> None:
    assert english_number("five hundred") == 500
    assert find_numerals("five hundred and fifty yuan")[0].end > len("five hundred")


def _in_chinese(number: int) -> str:
    """`number` written in full: 10500 is 一万零五百."""
    digits, units = "零一二三四五六七八九", ["", "十", "百", "千", "万"]
    written = ""
    for place in range(4, -1, -1):
        digit = number // 10**place % 10
        if digit:
            written += digits[digit] + units[place]
        elif written and not written.endswith("零") and number % 10**place:
            written += "零"
    return written


def test_a_number_leaves_the_next_one_alone() -> None:
    assert [(one.value, one.hint) for one in find_numerals("给我500 3张银行卡")] == [(500, ""), (3, "count")]
