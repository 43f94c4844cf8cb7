"""Features, vocabulary, network and decision, each alone."""

import json

import numpy as np
import pytest

from nlu.decision import GateSettings, decide
from nlu.features import character_ngrams, features_of
from nlu.interpreter import FALLBACK, Ranked
from nlu.network import IntentNetwork, NetworkSettings, in_bytes, softmax, train_network
from nlu.ngrams import NgramSettings, Vocabulary
from nlu.settings import BadSetting, checked, read_settings
from tests.nlu.conftest import Reader

TEXTS = {
    "penalty": ["帮信罪判几年", "会坐牢吗", "how many years in prison", "jail time for this"],
    "greet": ["你好呀", "早上好", "hello there", "good morning"],
}


def test_two_languages_share_features(read: Reader) -> None:
    chinese = features_of(read("我的银行卡被冻结了怎么办"))
    english = features_of(read("my bank card is frozen what should i do"))
    assert set(chinese.replaced) & set(english.replaced)
    assert len(set(chinese.topics) & set(english.topics)) > 3
    assert set(chinese.meanings) & set(english.meanings)


def test_character_ngrams_show_where_a_word_ends() -> None:
    assert character_ngrams(" 卡a ") == ["卡", "a", " 卡", "卡a", "a ", " 卡a", "卡a ", " 卡a "]
    assert "卡 " in character_ngrams(" 卡 a ")
    assert "卡 a" not in character_ngrams(" 卡 a ")


def test_the_vocabulary_finds_the_ngrams_it_learned(read: Reader) -> None:
    analysis = read("sim 卡 可以卖吗")
    vocabulary, _ = Vocabulary.learn([analysis], NgramSettings(fewest_sentences=1))
    assert len(vocabulary.vector(analysis).columns) == vocabulary.width


def test_a_vocabulary_survives_being_stored(read: Reader) -> None:
    vocabulary, _ = Vocabulary.learn([read(text) for texts in TEXTS.values() for text in texts], NgramSettings(1))
    stored = json.loads(json.dumps(vocabulary.names))
    again = Vocabulary(stored, vocabulary.telling, NgramSettings(1))
    for text in ("帮信罪判几年", "jail time", "zzz"):
        one, other = vocabulary.vector(read(text)), again.vector(read(text))
        assert dict(zip(one.columns, one.weights, strict=True)) == dict(zip(other.columns, other.weights, strict=True))


def test_the_vectors_learned_with_are_those_found_later(read: Reader) -> None:
    analyses = [read(text) for texts in TEXTS.values() for text in texts]
    vocabulary, vectors = Vocabulary.learn(analyses, NgramSettings(fewest_sentences=2))
    for analysis, learned in zip(analyses, vectors, strict=True):
        found = vocabulary.vector(analysis)
        assert dict(zip(learned.columns, learned.weights, strict=True)) == pytest.approx(
            dict(zip(found.columns, found.weights, strict=True))
        )


def test_a_message_of_nothing_has_a_vector(read: Reader) -> None:
    vocabulary, _ = Vocabulary.learn([read("你好"), read("你好吗")], NgramSettings(fewest_sentences=1))
    assert vocabulary.vector(read("")).columns.ndim == 1


def test_every_kind_weighs_as_the_settings_say(read: Reader) -> None:
    settings = NgramSettings(fewest_sentences=1, word_weight=2.0)
    vocabulary, _ = Vocabulary.learn([read(text) for texts in TEXTS.values() for text in texts], settings)
    vector = vocabulary.vector(read("帮信罪判几年"))
    is_word = vector.columns < len(vocabulary.names[0])
    is_character = ~is_word & (vector.columns < len(vocabulary.names[0]) + len(vocabulary.names[1]))
    assert np.linalg.norm(vector.weights[is_word]) == pytest.approx(2.0, rel=1e-5)
    assert np.linalg.norm(vector.weights[is_character]) == pytest.approx(1.0, rel=1e-5)


@pytest.fixture
def trained(read: Reader) -> tuple[Vocabulary, IntentNetwork]:
    pairs = [(read(text), intent) for intent, texts in TEXTS.items() for text in texts]
    vocabulary, _ = Vocabulary.learn([analysis for analysis, _ in pairs], NgramSettings(fewest_sentences=1))
    vectors = [vocabulary.vector(analysis) for analysis, _ in pairs]
    network = train_network(vectors, [name for _, name in pairs], vocabulary.width, NetworkSettings(rounds=60))
    return vocabulary, network


def test_the_network_learns(trained: tuple[Vocabulary, IntentNetwork], read: Reader) -> None:
    vocabulary, network = trained
    for text, intent in [("判几年牢", "penalty"), ("早上好呀", "greet"), ("years in jail", "penalty")]:
        ranking = network.ranking(vocabulary.vector(read(text)))
        assert ranking[0].intent == intent
        assert sum(ranked.confidence for ranked in ranking) == pytest.approx(1.0, abs=1e-5)


def test_training_twice_gives_the_same(trained: tuple[Vocabulary, IntentNetwork], read: Reader) -> None:
    vocabulary, network = trained
    pairs = [(vocabulary.vector(read(text)), intent) for intent, texts in TEXTS.items() for text in texts]
    again = train_network([v for v, _ in pairs], [i for _, i in pairs], vocabulary.width, NetworkSettings(rounds=60))
    assert all(np.array_equal(one, other) for one, other in zip(network.layers, again.layers, strict=True))


def test_a_temperature_flattens(trained: tuple[Vocabulary, IntentNetwork], read: Reader) -> None:
    vocabulary, network = trained
    vector = vocabulary.vector(read("你好"))
    milder = IntentNetwork(network.intents, network.layers, temperature=3.0)
    assert milder.probabilities(vector).max() < network.probabilities(vector).max()


def test_a_layer_in_bytes_says_nearly_the_same() -> None:
    random = np.random.default_rng(1)
    inward = random.standard_normal((50, 8), dtype=np.float32)
    inward[3] = 0  # a feature that says nothing
    inward[4] *= 1000
    rows, scales, bias = in_bytes([inward, np.ones(8, np.float32)])
    assert rows.dtype == np.int8
    assert np.isfinite(scales).all()
    assert np.array_equal(bias, np.ones(8))
    assert np.all(np.abs(rows * scales[:, None] - inward) <= np.abs(inward).max(axis=1, keepdims=True) / 127)


def test_softmax_of_large_scores() -> None:
    assert softmax(np.asarray([1e4, 0.0], np.float32)).tolist() == [1.0, 0.0]


def test_the_gate(read: Reader) -> None:
    ranking = (Ranked("greet", 0.5), Ranked("thanks", 0.45))
    assert decide(ranking, read("你好"), GateSettings(threshold=0.3)) == "greet"
    assert decide(ranking, read("你好"), GateSettings(threshold=0.6)) == FALLBACK
    assert decide(ranking, read("你好"), GateSettings(threshold=0.3, margin=0.1)) == FALLBACK
    assert decide(ranking, read("?! 😭"), GateSettings(threshold=0.3)) == FALLBACK


def test_off_topic_is_believed_before_an_answer_that_hardly_fits(read: Reader) -> None:
    ranking = (Ranked("ask_penalty", 0.5), Ranked("out_of_scope", 0.3))
    assert decide(ranking, read("天气"), GateSettings(off_topic_weight=2.0)) == "out_of_scope"
    assert decide(ranking, read("天气"), GateSettings(off_topic_weight=1.5)) == "ask_penalty"
    unsure = (Ranked("ask_penalty", 0.1), Ranked("out_of_scope", 0.09))
    assert decide(unsure, read("天气"), GateSettings(off_topic_weight=2.0)) == FALLBACK


def test_distress_wins_over_all(read: Reader) -> None:
    ranking = (Ranked("thanks", 0.8), Ranked("distress", 0.2))
    assert decide(ranking, read("谢谢你陪我"), GateSettings(distress_threshold=0.15)) == "distress"
    assert decide(ranking, read("谢谢你陪我"), GateSettings(distress_threshold=0.25)) == "thanks"


def test_settings_are_checked() -> None:
    assert read_settings().gate.threshold > 0
    assert checked(GateSettings, {"threshold": 1}, "ConfidenceGate") == GateSettings(threshold=1)
    with pytest.raises(
        BadSetting,
        match="ConfidenceGate has no setting 'treshold'; it takes threshold, margin, off_topic_weight, distress_threshold",
    ):
        checked(GateSettings, {"treshold": 0.3}, "ConfidenceGate")
    with pytest.raises(BadSetting, match="threshold must be a number, not 'high'"):
        checked(GateSettings, {"threshold": "high"}, "ConfidenceGate")
    with pytest.raises(BadSetting, match="hidden must be a whole number"):
        checked(NetworkSettings, {"hidden": 1.5}, "IntentClassifier")
