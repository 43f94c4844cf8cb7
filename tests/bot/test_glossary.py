"""Asking what a word means."""

import pytest

from bot.dialogue.glossary import asked_term
from content.library import Library


@pytest.mark.parametrize(
    "text",
    [
        "what is helping letters",
        "What's \u201chelping letters\u201d?",
        "helping letters",
        "what does aiding trust mean",
        "define helping trust",
        "what is the crime of helping letters",
        "帮信罪是什么意思？",
        "什么是帮信罪啊",
        "请问帮信罪是什么罪",
        "bangxinzui是啥",
    ],
)
def test_the_crime_is_found_under_all_its_names(text: str, library: Library) -> None:
    asked = asked_term(text, library)
    assert asked is not None
    assert library.glossary[asked.term].term.zh.startswith("帮信罪")


@pytest.mark.parametrize("text", ["取保候审是什么意思", "什么叫取保候审", "取保候审是啥", "解释一下取保候审"])
def test_a_question_for_the_meaning_is_told_from_the_word_alone(text: str, library: Library) -> None:
    asked = asked_term(text, library)
    assert asked is not None
    assert asked.plainly
    alone = asked_term("取保候审", library)
    assert alone is not None
    assert not alone.plainly


@pytest.mark.parametrize(
    "text",
    [
        "跑分判几年",
        "我的卡被冻结了",
        "what is the weather",
        "",
        "??",
        "什么是",
        "what is",
        "帮信罪判几年",
        "a" * 4000,
        "那么" * 2000,
    ],
)
def test_other_messages_ask_for_no_term(text: str, library: Library) -> None:
    assert asked_term(text, library) is None


def test_which_crime_an_act_is_is_no_question_about_a_word(library: Library) -> None:
    for text in ("跑分是什么罪", "帮人取钱是什么罪", "卖卡的是什么罪名"):
        assert asked_term(text, library) is None, text
    assert asked_term("帮信罪是什么罪", library) is not None


def test_every_term_is_found_under_each_of_its_names(library: Library) -> None:
    for name, key in library.terms_by_name.items():
        asked = asked_term(name, library)
        assert asked is not None, name
        assert asked.term == key
