"""A model from Rasa's trainer, loaded and asked."""

import asyncio
import itertools
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from nlu.interpreter import FALLBACK, Entity, Parse
from nlu.rasa_interpreter import ModelUnusable, RasaInterpreter
from nlu.training import Model

SECRET = "我的ＹＨＫ可以租给室友吗"


def test_a_question_is_understood(interpreter: RasaInterpreter) -> None:
    parse = interpreter.parse_now(SECRET)
    assert parse.intent == "ask_provide_item"
    assert parse.language == "zh"
    assert len(parse.ranking) >= 3
    assert parse.confidence == parse.ranking[0].confidence
    assert parse.values("item") == ("bank_card",)
    assert Entity("item", "bank_card", "ＹＨＫ", 2, 5) in parse.entities


async def test_a_parse_leaves_the_event_loop_free(interpreter: RasaInterpreter) -> None:
    parses = await asyncio.gather(*(interpreter.parse("hello") for _ in range(20)))
    assert {parse.intent for parse in parses} == {"greet"}


@pytest.mark.parametrize("text", ["", " ", "?!", "😭😭", "\x00", "\ud83d", "。" * 50])
def test_nothing_said_is_not_understood(interpreter: RasaInterpreter, text: str) -> None:
    parse = interpreter.parse_now(text)
    assert parse.intent == FALLBACK
    assert FALLBACK not in {ranked.intent for ranked in parse.ranking}
    assert parse.entities == ()


@pytest.mark.parametrize("piece", ["银行卡", "a ", "1", "租sim卡500块", "() [] {} ", "é", "a.", "\n"])
def test_a_hundred_thousand_characters_are_safe(interpreter: RasaInterpreter, piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    for entity in interpreter.parse_now(text).entities:
        assert text[entity.start : entity.end] == entity.text


@pytest.mark.parametrize("text", ["一" + "万亿" * 26, "一二三" * 110, "one " + "hundred " * 160, "9" * 400 + "万"])
def test_numbers_that_nobody_can_mean_are_none(interpreter: RasaInterpreter, text: str) -> None:
    assert interpreter.parse_now(text).values("amount") == ()


@pytest.mark.parametrize("text", ["1.5w¾ K", "３张卡ﷺ卖" * 30, "3张卡卖银行卡500块" * 400])
def test_entities_never_overlap_in_the_original(interpreter: RasaInterpreter, text: str) -> None:
    entities = interpreter.parse_now(text).entities
    assert all(one.end <= other.start for one, other in itertools.pairwise(entities))


def test_what_was_left_out_of_a_long_message_joins_nothing(interpreter: RasaInterpreter) -> None:
    text = "x" * 3070 + "银行" + "y" * 95_000 + "卡" + "z" * 1023
    assert all(entity.end - entity.start < 10 for entity in interpreter.parse_now(text).entities)


def test_rasas_shortcut_is_ordinary_text(interpreter: RasaInterpreter) -> None:
    parse = interpreter.parse_now('/greet{"item":"phone_card"}')
    assert parse.intent != "greet" or parse.confidence < 0.99
    assert all(entity.value != "phone_card" for entity in parse.entities)


def test_no_log_line_carries_the_message(interpreter: RasaInterpreter, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        parse = interpreter.parse_now(SECRET)
    assert "室友" not in caplog.text
    assert "ＹＨＫ" not in caplog.text
    assert "室友" not in repr(parse)
    assert "ＹＨＫ" not in repr(parse)


def test_a_parse_compares_by_what_it_says() -> None:
    assert Parse("a", "en", "greet", 1.0, (), ()) == Parse("a", "en", "greet", 1.0, (), ())


def test_a_model_that_cannot_be_loaded(tmp_path: Path) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"not an archive")
    with pytest.raises(ModelUnusable, match="train again"):
        RasaInterpreter.load(broken)
    with pytest.raises(ModelUnusable):
        RasaInterpreter.load(tmp_path / "missing.tar.gz")


def test_neither_tensorflow_nor_scikit_learn_is_loaded(small_model: Model) -> None:
    script = (
        "import logging, sys; logging.basicConfig(level=logging.DEBUG)\n"
        "import nlu.training, nlu.interpreter, nlu.domain, nlu.data_check\n"
        "assert 'rasa' not in sys.modules\n"
        "from pathlib import Path; from nlu.rasa_interpreter import RasaInterpreter\n"
        f"parse = RasaInterpreter.load(Path({str(small_model.path)!r})).parse_now('可以租给室友吗')\n"
        "assert not {'tensorflow', 'sklearn', 'opencc'} & set(sys.modules)\n"
        "print(parse.intent)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.stdout.strip() == "ask_provide_item", done.stderr
    assert "室友" not in done.stderr
