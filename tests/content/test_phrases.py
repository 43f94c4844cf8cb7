"""The small language in which admins write phrases."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.phrases import BadPhrase, compiled, literals, pattern


def finds(phrase: str, text: str) -> bool:
    found = compiled([phrase])
    assert found is not None
    return found.search(text) is not None


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("收 银行卡", "长期收各种银行卡"),
        ("(收|租) (银行卡|储蓄卡)", "租你的储蓄卡"),
        ("bank_account", "a bank  account is all you need"),
        ("(rent|buy) bank_account", "we rent your old bank account"),
        ("一张 #", "一张卡500"),
        ("#元", "给300元"),
        ("U盾", "带u盾"),
    ],
)
def test_what_a_phrase_finds(phrase: str, text: str) -> None:
    assert finds(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("收 银行卡", "收快递的时候请带好你的身份证和学校发的银行卡"),  # too far apart
        ("收 银行卡", "收表，带银行卡"),  # a comma between them
        ("收 银行卡", "银行卡也收"),  # the other way round
        ("(rent|buy) sim", "we rent simple rooms"),  # no whole word
        ("dm", "admin"),
        ("#元", "元旦"),
    ],
)
def test_what_it_does_not_find(phrase: str, text: str) -> None:
    assert not finds(phrase, text)


@pytest.mark.parametrize("phrase", ["", "(", "a)", "(a|b", "a || b", "()", "(a (b) c)", "|"])
def test_what_cannot_be_read_is_refused(phrase: str) -> None:
    with pytest.raises(BadPhrase):
        pattern(phrase)


@given(
    st.text(
        st.characters(exclude_characters="()| \t\n#_", exclude_categories=["Cs", "Zs", "Cc", "Zl", "Zp"]), min_size=1
    )
)
def test_any_word_finds_itself(word: str) -> None:
    assert re.search(pattern(word), word.lower())


def test_no_phrases_find_nothing() -> None:
    assert compiled([]) is None


@pytest.mark.parametrize(
    "phrase", ["(收|租) (银行卡|u盾)", "bank_account (rent|#usd)", "#元/天", "dm (me|us)", "一张 #"]
)
@given(
    text=st.lists(
        st.sampled_from(
            [
                "收",
                "租",
                "银行卡",
                "u盾",
                "bank",
                "account",
                "rent",
                "500",
                "usd",
                "5usd",
                "3元/天",
                "dm",
                "me",
                "a",
                ",",
                "一张",
            ]
        )
    )
)
def test_what_a_phrase_finds_has_something_of_each_of_its_parts(phrase: str, text: list[str]) -> None:
    plain = " ".join(text)
    if finds(phrase, plain):
        assert all(not part or any(letters in plain for letters in part) for part in literals(phrase))
