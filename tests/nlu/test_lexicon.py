"""What lexicon, concepts and tokeniser find in a plain text."""

import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.concepts import Concepts, load_glossary, load_topics
from nlu.domain import load_domain
from nlu.lexicon import Lexicon, load_lexicon
from nlu.phrases import Phrases
from nlu.tokens import Tokeniser


def found(text: str) -> set[tuple[str, str, str]]:
    return {
        (text[match.start : match.end], match.meaning.entity, match.meaning.value)
        for match in load_lexicon().matches(text)
    }


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("我的银行卡", ("银行卡", "item", "bank_card")),
        ("手机卡被停", ("手机卡", "item", "phone_card")),
        ("my sim cards", ("sim cards", "item", "phone_card")),
        ("u盾给他", ("u盾", "item", "usb_token")),
        ("我室友", ("室友", "relation", "classmate")),
        ("在宿舍架设备", ("架设备", "job", "equipment_hosting")),
        ("bankcard", ("bankcard", "item", "bank_card")),
    ],
)
def test_mentions(text: str, mention: tuple[str, str, str]) -> None:
    assert mention in found(text)


@pytest.mark.parametrize(
    "text", ["出租屋", "安兔兔跑分", "床上四件套", "显卡", "饭卡", "两卡", "断卡", "卡农", "cardigan"]
)
def test_lookalikes_give_nothing(text: str) -> None:
    assert found(text) == set()


def test_every_value_of_the_domain_has_forms_in_both_languages() -> None:
    listed = {
        (meaning.entity, meaning.value, form.isascii()) for form, m in load_lexicon().forms.items() for meaning in m
    }
    for entity in load_domain().entities:
        for value in entity.values:
            assert (entity.name, value, True) in listed
            assert (entity.name, value, False) in listed


def test_the_lexicon_survives_being_stored() -> None:
    lexicon = load_lexicon()
    assert Lexicon.from_json(lexicon.as_json()).forms == lexicon.forms


@given(st.text(st.sampled_from("银行卡租simcard 跑分给室友us") | st.characters()))
def test_matches_lie_inside_the_text(text: str) -> None:
    for match in load_lexicon().matches(text):
        assert 0 <= match.start < match.end <= len(text)
    for concepts in (load_topics(), load_glossary()):
        for mentioned in concepts.mentioned(text):
            assert 0 <= mentioned.start < mentioned.end <= len(text)


def test_a_star_is_the_beginning_of_a_word() -> None:
    concepts = Concepts({"scam*": ["cheated"], "卡": ["card"]})
    assert [one.concept for one in concepts.mentioned("scammers took 卡")] == ["cheated", "card"]
    assert concepts.mentioned("a descam") == ()


def test_both_languages_meet_in_a_meaning() -> None:
    chinese = {one.concept for one in load_glossary().mentioned("我的卡被冻结了")}
    english = {one.concept for one in load_glossary().mentioned("my card was frozen")}
    assert chinese & english


@given(st.text(st.sampled_from("我的银行卡可以租给室友吗 rent sim 500.") | st.characters()))
def test_tokens_stand_where_they_say(tokeniser: Tokeniser, text: str) -> None:
    end = 0
    for token in tokeniser.tokens(text):
        assert token.start >= end
        assert text[token.start : token.end] == token.text
        end = token.end


def test_words_of_the_domain_stay_in_one_piece(tokeniser: Tokeniser) -> None:
    words = [token.text for token in tokeniser.tokens("帮信罪判几年，my sim card")]
    assert "帮信罪" in words
    assert words[-3:] == ["my", "sim", "card"]


@pytest.fixture(scope="module")
def jiebas_own(tokeniser: Tokeniser) -> Any:
    """jieba's tokeniser with the same dictionary."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

        own = jieba.Tokenizer()
    own.FREQ = dict(tokeniser.frequencies)
    for word in tokeniser.frequencies:
        for end in range(1, len(word)):
            own.FREQ.setdefault(word[:end], 0)
    own.total = sum(tokeniser.frequencies.values())
    own.initialized = True
    return own


@given(st.text(st.sampled_from("我的银行卡可以租给室友吗帮信罪判几年北京大学生前来应聘")))
def test_words_are_cut_as_jieba_cuts_them(tokeniser: Tokeniser, jiebas_own: Any, text: str) -> None:
    assert [token.text for token in tokeniser.tokens(text)] == list(jiebas_own.cut(text, HMM=False))


def test_forms_that_overlap_are_all_found_the_longest_of_a_place_first() -> None:
    phrases = Phrases(
        {"银行": ("bank",), "银行卡": ("card",), "卡": ("bare",), "sim*": ("beginning",), "": ("nothing",)}
    )
    assert phrases.found("银行卡") == [(0, 3, ("card",)), (0, 2, ("bank",)), (2, 3, ("bare",))]
    assert phrases.found("sims sim") == [(0, 3, ("beginning",)), (5, 8, ("beginning",))]
    assert phrases.found("asim") == []
    assert Phrases({}).found("银行") == []
