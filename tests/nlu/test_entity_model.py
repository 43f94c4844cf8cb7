"""The CRF and the values of what it finds."""

from pathlib import Path

import pytest

from nlu.lexicon import load_lexicon
from nlu.tagger import EntityTagger, TaggerSettings, labels_of, plain_surfaces, train_crf
from nlu.training_data import parse_marks
from nlu.units import unit_features, units_of
from nlu.values import ValueBook
from tests.nlu.conftest import SENTENCES, Reader


def test_units_are_characters_words_and_numbers(read: Reader) -> None:
    assert [unit.text for unit in units_of(read("租sim卡 1.5万!"))] == ["租", "sim", "卡", "1.5", "万", "!"]


def test_labels_follow_the_marks_through_respelling(read: Reader) -> None:
    text, mentions = parse_marks("我的[yhk](item:bank_card)[租](deal:rent)了")
    analysis = read(text)
    units = units_of(analysis)
    assert labels_of(analysis, units, mentions) == ["O", "O", "B-item", "I-item", "I-item", "B-deal", "O"]
    assert plain_surfaces(analysis, mentions) == [("item", "银行卡", "bank_card"), ("deal", "租", "rent")]


def test_a_card_is_known_to_be_near(read: Reader) -> None:
    analysis = read("把银行卡借给他")
    features = unit_features(analysis, units_of(analysis))
    assert any(name.startswith("item before!") for name in features[4])


@pytest.mark.parametrize(
    ("entity", "surface", "value"),
    [
        ("item", "银行卡", "bank_card"),
        ("item", "sim cards", "phone_card"),
        ("item", "我的储蓄卡", "bank_card"),
        ("deal", "出租", "rent"),
        ("relation", "roommate's", "classmate"),
        ("amount", "1.5万", 15000),
        ("amount", "0.5元", 0.5),
        ("count", "两张", 2),
        ("count", "几张", None),
        ("count", "1.5", None),
        ("age", "17岁", 17),
        ("item", "香蕉", None),
    ],
)
def test_values(read: Reader, entity: str, surface: str, value: object) -> None:
    book = ValueBook.learn(load_lexicon(), [])
    assert book.value(entity, surface, read(surface).matches) == value


def test_training_decides_what_a_form_means() -> None:
    book = ValueBook.learn(load_lexicon(), [("item", "卡", "phone_card"), ("item", "卡", "phone_card")])
    assert book.value("item", "卡") == "phone_card"


def test_the_tagger_learns_and_places_mentions_in_the_original(read: Reader, tmp_path: Path) -> None:
    marked = [parse_marks(sentence) for sentences in SENTENCES.values() for sentence in sentences]
    analyses = [read(text) for text, _ in marked]
    train_crf(analyses, [mentions for _, mentions in marked], TaggerSettings(), tmp_path / "crf")
    surfaces = (
        found for (_, mentions), one in zip(marked, analyses, strict=True) for found in plain_surfaces(one, mentions)
    )
    tagger = EntityTagger((tmp_path / "crf").read_bytes(), ValueBook.learn(load_lexicon(), surfaces))
    text = "我的ＹＨＫ可以租给室友吗"
    found = [(one.entity, one.value, text[one.start : one.end]) for one in tagger.mentions(read(text))]
    assert found == [("item", "bank_card", "ＹＨＫ"), ("deal", "rent", "租"), ("relation", "classmate", "室友")]
    assert tagger.mentions(read("")) == ()
