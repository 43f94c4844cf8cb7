"""Going on after an answer: what a fragment means, and what is carried from message to message."""

import pytest

from bot.dialogue.follow_up import follow_up, length
from bot.dialogue.state import State
from content.library import Library
from nlu.interpreter import Entity, Parse, Ranked, Value

LENT = State(
    topic="ask_provide_item.bank_card_friend",
    entities={"item": ("bank_card",), "deal": ("lend",), "relation": ("classmate",)},
)


def parsed(text: str, intent: str, **mentions: tuple[str, Value]) -> Parse:
    """What a model might say of `text`: each mention is its words and its value."""
    entities = tuple(
        Entity(name, value, words, text.index(words), text.index(words) + len(words))
        for name, (words, value) in mentions.items()
    )
    return Parse(text, "zh", intent, 0.9, (Ranked(intent, 0.9),), entities)


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [("那手机卡呢", "手机卡", "phone_card"), ("and a sim?", "sim", "phone_card"), ("what about WeChat", "WeChat", "x")],
)
def test_a_change_of_item_asks_again(library: Library, text: str, words: str, value: str) -> None:
    understood = follow_up(text, parsed(text, "out_of_scope", item=(words, value)), LENT, library.knows_ages)
    assert understood.intent == "ask_provide_item"
    assert understood.entities == {"item": (value,), "deal": ("lend",), "relation": ("classmate",)}


@pytest.mark.parametrize("text", ["3张", "三张呢", "那3张卡呢", "如果有两套"])
def test_a_bare_count_asks_again(library: Library, text: str) -> None:
    understood = follow_up(text, parsed(text, "out_of_scope"), LENT, library.knows_ages)
    assert understood.intent == "ask_provide_item"
    assert understood.entities["count"] in ((3,), (2,))


def test_an_age_asks_again_where_answers_know_ages_and_about_age_elsewhere(library: Library) -> None:
    parse = parsed("我才17", "ask_age", age=("17", 17))
    assert follow_up("我才17", parse, LENT, library.knows_ages).intent == "ask_provide_item"
    hotline = State(topic="ask_hotline.default")
    assert follow_up("我才17", parse, hotline, library.knows_ages).intent == "ask_age"


@pytest.mark.parametrize(("text", "age"), [("未满16岁", 15), ("I am under 18", 17), ("我16岁", 16)])
def test_under_an_age_is_younger(library: Library, text: str, age: int) -> None:
    words = "".join(letter for letter in text if letter.isdigit())
    understood = follow_up(text, parsed(text, "ask_age", age=(words, int(words))), State(), library.knows_ages)
    assert understood.entities["age"] == (age,)


def test_a_short_question_about_the_law_is_about_the_same_matter(library: Library) -> None:
    understood = follow_up("判几年啊", parsed("判几年啊", "ask_penalty"), LENT, library.knows_ages)
    assert understood.intent == "ask_penalty"
    assert understood.entities["item"] == ("bank_card",)
    text = "and if i didn't know?"
    assert follow_up(text, parsed(text, "out_of_scope"), LENT, library.knows_ages).intent == "ask_knowledge"


@pytest.mark.parametrize("text", ["为什么", "为啥呢？", "why?", "But why"])
def test_why_asks_for_reasons(library: Library, text: str) -> None:
    assert follow_up(text, parsed(text, "out_of_scope"), LENT, library.knows_ages).why
    assert not follow_up(text, parsed(text, "out_of_scope"), State(), library.knows_ages).why


def test_a_new_subject_begins_anew_but_the_person_stays_who_they_are(library: Library) -> None:
    before = State(topic=LENT.topic, entities={**LENT.entities, "age": (17,), "role": ("student",)})
    text = "兼职刷单是不是骗人的"
    parse = parsed(text, "ask_click_farming", job=("刷单", "click_farming"))
    understood = follow_up(text, parse, before, library.knows_ages)
    assert understood.intent == "ask_click_farming"
    assert understood.entities == {"age": (17,), "role": ("student",), "job": ("click_farming",)}


def test_a_question_of_its_own_names_its_own_matter(library: Library) -> None:
    text = "卖微信号判几年"
    parse = parsed(text, "ask_penalty", item=("微信号", "social_account"), deal=("卖", "sell"))
    understood = follow_up(text, parse, LENT, library.knows_ages)
    assert understood.entities == {"item": ("social_account",), "deal": ("sell",)}


def test_what_has_happened_is_never_a_change_of_the_question(library: Library) -> None:
    text = "我把卡租出去了怎么办"
    parse = parsed(text, "report_provided_item", item=("卡", "bank_card"), deal=("租出去", "rent"))
    assert follow_up(text, parse, LENT, library.knows_ages).intent == "report_provided_item"


def test_despair_and_small_talk_are_never_taken_for_a_fragment(library: Library) -> None:
    for intent in ("distress", "thanks", "affirm"):
        assert (
            follow_up("卡呢", parsed("卡呢", intent, item=("卡", "bank_card")), LENT, library.knows_ages).intent
            == intent
        )


def test_length_counts_what_is_said() -> None:
    assert length("那手机卡呢？！") == 5
    assert length("and a sim?") == 6
