"""How well the real model does on questions it never saw. The floor is recorded here and only ever rises."""

import json
from pathlib import Path

import pytest

from nlu.evaluation import evaluate, read_questions
from nlu.rasa_interpreter import RasaInterpreter

HERE = Path(__file__).parent

# Measured on 2026-11-25, less about one and a half points for what chance does to a training.
FLOORS = {
    "zh": {"accuracy": 0.93, "top_three": 0.97, "off_topic": 0.87, "entities": 0.91},
    "en": {"accuracy": 0.91, "top_three": 0.97, "off_topic": 0.84, "entities": 0.925},
    "mixed": {"accuracy": 0.97, "top_three": 0.98, "off_topic": 0.91, "entities": 0.925},
}


@pytest.mark.model
@pytest.mark.parametrize("language", FLOORS)
def test_accuracy_stays_above_the_floor(language: str, model_path: Path) -> None:
    interpreter = RasaInterpreter.load(model_path)
    try:
        result = evaluate(read_questions(HERE / f"questions_{language}.jsonl"), interpreter.parse_now)
    finally:
        interpreter.close()
    figures = {
        "accuracy": result.accuracy.value,
        "top_three": result.top_three.value,
        "off_topic": result.off_topic_found.value,
        "entities": result.all_entities.f1,
    }
    below = {name: round(value, 3) for name, value in figures.items() if value < FLOORS[language][name]}
    assert below == {}
    assert result.turned_away.value < 0.04
    assert result.calibration_error < 0.05


@pytest.mark.model
@pytest.mark.parametrize("language", FLOORS)
def test_despair_and_reports_are_never_small_talk(language: str, model_path: Path) -> None:
    """Whoever has already done it, or despairs, must not be thanked, greeted or sent away as off topic."""
    small_talk = {"greet", "goodbye", "thanks", "affirm", "start_quiz", "subscribe", "ask_bot"}
    interpreter = RasaInterpreter.load(model_path)
    try:
        lines = (HERE / f"questions_{language}.jsonl").read_text(encoding="utf-8").splitlines()
        for line in map(json.loads, lines):
            if line["intent"] == "distress" or line["intent"].startswith("report_"):
                assert interpreter.parse_now(line["text"]).intent not in small_talk, line["id"]
    finally:
        interpreter.close()
