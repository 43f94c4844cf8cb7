"""What the tests of understanding share: the parts of the pipeline, and a model trained on a handful of sentences."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nlu.analysis import Analyser, Analysis
from nlu.concepts import load_glossary, load_topics
from nlu.lexicon import load_lexicon, load_terms
from nlu.normalise import Normaliser
from nlu.rasa_interpreter import RasaInterpreter
from nlu.settings import CONFIG_FILE
from nlu.spelling import load_spellings
from nlu.tokens import Tokeniser, domain_dictionary
from nlu.training import Model, ensure_model

ADVERTS = Path(__file__).with_name("adverts.jsonl")
"""Adverts to measure on; nothing learns from them."""

SENTENCES = {
    "greet": ["你好", "您好呀", "早上好", "hi there", "hello", "good morning"],
    "ask_penalty": [
        "帮信罪判几年",
        "[租](deal:rent)[卡](item:bank_card)会坐牢吗",
        "判多久",
        "how many years in prison",
    ],
    "ask_provide_item": [
        "我的[银行卡](item:bank_card)可以[租](deal:rent)给[室友](relation:classmate)吗",
        "[手机卡](item:phone_card)能[卖](deal:sell)[500块](amount:500)吗",
        "把[两张](count:2)[银行卡](item:bank_card)[借](deal:lend)给[同学](relation:classmate)违法吗",
        "can i [rent out](deal:rent) my [bank card](item:bank_card) to my [roommate](relation:classmate)",
        "is it ok to [sell](deal:sell) my [sim card](item:phone_card) for [500 yuan](amount:500)",
        "i am [17](age:17), may i [lend](deal:lend) my [bank card](item:bank_card)",
    ],
    "out_of_scope": ["今天天气怎么样", "火锅怎么做好吃", "who won the football match", "what is the weather like"],
}


@pytest.fixture(scope="session")
def normaliser() -> Normaliser:
    return Normaliser(load_spellings())


@pytest.fixture(scope="session")
def tokeniser() -> Tokeniser:
    return Tokeniser(domain_dictionary([*load_lexicon().forms, *load_terms()]))


@pytest.fixture(scope="session")
def analyser(tokeniser: Tokeniser) -> Analyser:
    return Analyser(tokeniser, load_lexicon(), load_topics(), load_glossary())


class Reader:
    """Takes texts apart in one step."""

    def __init__(self, normaliser: Normaliser, analyser: Analyser) -> None:
        self._normaliser = normaliser
        self._analyser = analyser

    def __call__(self, text: str) -> Analysis:
        return self._analyser.analyse(self._normaliser.normalise(text))


@pytest.fixture(scope="session")
def read(normaliser: Normaliser, analyser: Analyser) -> Reader:
    return Reader(normaliser, analyser)


def write_sentences(folder: Path, sentences: dict[str, list[str]]) -> Path:
    """Training files as people write them, Chinese and English apart."""
    for intent, written in sentences.items():
        for language in ("zh", "en"):
            chosen = [text for text in written if bool(re.search("[一-鿿]", text)) == (language == "zh")]
            lines = "\n".join(f"    - {text}" for text in chosen)
            path = folder / language / f"{intent}.yml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f'version: "3.1"\nnlu:\n- intent: {intent}\n  examples: |\n{lines}\n', encoding="utf-8")
    return folder


def small_config(folder: Path) -> Path:
    """The project's own pipeline, told that every word counts: a handful of sentences repeats none."""
    config = CONFIG_FILE.read_text(encoding="utf-8")
    changed = re.sub(r"fewest_sentences: \d+", "fewest_sentences: 1", config)
    changed = re.sub(r"rounds: \d+$", "rounds: 60", changed, flags=re.MULTILINE)
    changed = re.sub(r"fewest_candidates: \d+", "fewest_candidates: 1", changed)
    path = folder / "config.yml"
    path.write_text(changed, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model of `SENTENCES`, trained by Rasa's own trainer."""
    folder = tmp_path_factory.mktemp("small")
    training_dir = write_sentences(folder / "data", SENTENCES)
    return ensure_model(folder, training_dir=training_dir, config_file=small_config(folder))


@pytest.fixture(scope="session")
def interpreter(small_model: Model) -> Iterator[RasaInterpreter]:
    loaded = RasaInterpreter.load(small_model.path)
    yield loaded
    loaded.close()
