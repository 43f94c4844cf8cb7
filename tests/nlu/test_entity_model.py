"""Candidates for mentions, and the model that says which of them are."""

import itertools

import pytest

from nlu.candidates import Candidate, candidate_features, candidates_of
from nlu.lexicon import load_lexicon
from nlu.tagger import EntityTagger, TaggerSettings, known_forms, plain_surfaces, train_tagger
from nlu.training_data import parse_marks
from tests.nlu.conftest import SENTENCES, Reader


def found(read: Reader, text: str) -> set[tuple[str, object, str]]:
    plain = read(text).plain.text
    return {(one.entity, one.value, plain[one.start : one.end]) for one in candidates_of(read(text), load_lexicon())}


@pytest.mark.parametrize(
    ("text", "candidate"),
    [
        ("我的银行卡", ("item", "bank_card", "银行卡")),
        ("my sim cards", ("item", "phone_card", "sim cards")),
        ("卡给他", ("item", "bank_card", "卡")),
        ("手机卡被停了，卡还在", ("item", "phone_card", "卡")),
        ("roommate's card", ("relation", "classmate", "roommate")),
        ("给我500块", ("amount", 500, "500块")),
        ("¥800一天", ("amount", 800, "¥800")),
        ("0.5元一单", ("amount", 0.5, "0.5元")),
        ("1.5万到手", ("amount", 15000, "1.5万")),
        ("三张卡", ("count", 3, "三张")),
        ("two sims", ("count", 2, "two")),
        ("我17岁", ("age", 17, "17岁")),
        ("I'm 17 years old", ("age", 17, "17 years old")),
    ],
)
def test_candidates(read: Reader, text: str, candidate: tuple[str, object, str]) -> None:
    assert candidate in found(read, text)


@pytest.mark.parametrize(
    ("text", "entity"),
    [("几张卡", "count"), ("1.5张", "count"), ("500岁", "age"), ("出租屋", "deal"), ("香蕉", "item")],
)
def test_what_cannot_be_one(read: Reader, text: str, entity: str) -> None:
    assert all(one[0] != entity for one in found(read, text))


def test_a_candidate_knows_its_neighbours_and_whether_there_is_a_card(read: Reader) -> None:
    analysis = read("把银行卡借给他")
    candidates = candidates_of(analysis, load_lexicon())
    lend = next(place for place, one in enumerate(candidates) if one.entity == "deal")
    features = candidate_features(analysis, candidates)[lend]
    assert ("deal", "<own", "银行卡", "借给") in features
    assert ("deal", ">", "他") in features
    assert ("deal", "item", "sure") in features


def test_surfaces_follow_the_marks_through_respelling(read: Reader) -> None:
    text, mentions = parse_marks("我的[yhk](item:bank_card)[租](deal:rent)了")
    assert plain_surfaces(read(text), mentions) == [("item", "银行卡", "bank_card"), ("deal", "租", "rent")]


def test_training_decides_what_a_form_means() -> None:
    forms = known_forms(load_lexicon(), [("item", "卡", "phone_card"), ("item", "卡", "phone_card")])
    assert [one.value for one in forms.forms["卡"] if one.entity == "item"] == ["phone_card"]
    assert [one.value for one in forms.forms["银行卡"] if one.entity == "item"] == ["bank_card"]


def test_numbers_are_no_forms() -> None:
    assert "500块" not in known_forms(load_lexicon(), [("amount", "500块", 500)]).forms


@pytest.fixture(scope="module")
def tagger(read: Reader) -> EntityTagger:
    marked = [parse_marks(sentence) for sentences in SENTENCES.values() for sentence in sentences]
    settings = TaggerSettings(fewest_candidates=1, trust=10.0)
    return train_tagger([read(text) for text, _ in marked], [m for _, m in marked], load_lexicon(), settings)


def test_the_tagger_learns_and_places_mentions_in_the_original(read: Reader, tagger: EntityTagger) -> None:
    text = "我的ＹＨＫ可以租给室友吗"
    mentions = tagger.mentions(read(text))
    assert [(one.entity, one.value, text[one.start : one.end]) for one in mentions] == [
        ("item", "bank_card", "ＹＨＫ"),
        ("deal", "rent", "租给"),
        ("relation", "classmate", "室友"),
    ]
    assert tagger.mentions(read("")) == ()


def test_no_mention_overlaps_another(read: Reader, tagger: EntityTagger) -> None:
    mentions = tagger.mentions(read("把两张银行卡卖500块给17岁的室友"))
    assert len(mentions) > 3
    assert all(one.end <= other.start for one, other in itertools.pairwise(mentions))


def test_a_model_of_sentences_without_mentions_finds_none(read: Reader) -> None:
    texts = ["我的银行卡", "今天天气", "500块"]
    model = train_tagger([read(text) for text in texts], [()] * 3, load_lexicon(), TaggerSettings())
    assert model.mentions(read("银行卡500块")) == ()


def test_candidates_stand_in_the_order_of_the_text(read: Reader) -> None:
    candidates: list[Candidate] = candidates_of(read("把两张银行卡卖500块给17岁的室友"), load_lexicon())
    assert [one.start for one in candidates] == sorted(one.start for one in candidates)
