"""One measurement in a process of its own; its figures go to standard output as JSON, all else to standard error.

`python -m benchmarks.worker MEASURE PIPELINE ARCHIVE [DATA_DIR CONFIG]`
"""

import contextlib
import json
import logging
import os
import statistics
import sys
import time
import warnings
from pathlib import Path

from benchmarks.engines import DEFAULT, Engine, load, train
from benchmarks.memory import resident_mb

Figures = dict[str, float]

LANGUAGES = ("zh", "en")
_PASSES = 3
_WARM_UP = 200
_PARSES_BEFORE_MEMORY = 200
_FIRST = "我可以把银行卡租给别人用吗"
_QUESTIONS = Path(__file__).resolve().parent.parent / "tests" / "nlu"


def questions_file(language: str) -> Path:
    """The held-out questions in `language`."""
    return _QUESTIONS / f"questions_{language}.jsonl"


def quality(model: Engine) -> Figures:
    """How well the held-out questions are understood. `likeliest` is the accuracy before the threshold decides."""
    from nlu.evaluation import figures, read_questions

    told: Figures = {}
    for language in LANGUAGES:
        questions = read_questions(questions_file(language))
        answers = [model.parse_now(question.text) for question in questions]
        measured = figures(list(zip(questions, answers, strict=True)))
        likeliest = [a.ranking[0].intent in q.accepted for q, a in zip(questions, answers, strict=True)]
        told[f"{language}_accuracy"] = measured.accuracy.value
        told[f"{language}_likeliest"] = statistics.fmean(likeliest)
        told[f"{language}_top_three"] = measured.top_three.value
        told[f"{language}_entity_f1"] = measured.all_entities.f1
    return told


def held_out_texts() -> list[str]:
    """Every held-out question, Chinese and English by turns."""
    from nlu.evaluation import read_questions

    pairs = zip(*(read_questions(questions_file(language)) for language in LANGUAGES), strict=False)
    return [question.text for pair in pairs for question in pair]


def speed(model: Engine) -> Figures:
    """How long one parse takes and how many a second a batch gives, as medians over passes."""
    texts = held_out_texts()
    for text in texts[:_WARM_UP]:
        model.parse_now(text)
    passes = [[_milliseconds(model, text) for text in texts] for _ in range(_PASSES)]
    batches = [_seconds_of_batch(model, texts) for _ in range(_PASSES)]
    return {
        "p50_ms": statistics.median(map(statistics.median, passes)),
        "p99_ms": statistics.median(statistics.quantiles(one, n=100)[98] for one in passes),
        "batch_per_second": len(texts) / statistics.median(batches),
    }


def _milliseconds(model: Engine, text: str) -> float:
    began = time.perf_counter()
    model.parse_now(text)
    return (time.perf_counter() - began) * 1000


def _seconds_of_batch(model: Engine, texts: list[str]) -> float:
    began = time.perf_counter()
    model.parse_all(texts)
    return time.perf_counter() - began


def start(model: Engine) -> Figures:
    """Parse once and say so, for the parent that holds the clock; then parse on and tell the memory."""
    model.parse_now(_FIRST)
    print("parsed", file=sys.__stdout__, flush=True)
    for text in held_out_texts()[: _PARSES_BEFORE_MEMORY - 1]:
        model.parse_now(text)
    return {"resident_mb": resident_mb(os.getpid())}


_MEASURES = {"quality": quality, "speed": speed, "start": start}


def main() -> None:
    """Do what the arguments say."""
    measure, pipeline, *paths = sys.argv[1:]
    archive, *rest = map(Path, paths)
    figures: Figures = {}
    _hush()
    with contextlib.redirect_stdout(sys.stderr):
        if measure == "train":
            train(pipeline, archive, *rest)
        else:
            figures = _MEASURES[measure](load(pipeline, archive))
    if pipeline != DEFAULT and "tensorflow" in sys.modules:
        raise SystemExit("TensorFlow was imported beside our pipeline: these figures would be wrong")
    print(json.dumps(figures), flush=True)


def _hush() -> None:
    """Libraries of Rasa's age warn about their own future, and switch warnings on again themselves."""
    warnings.showwarning = lambda *_, **__: None
    logging.disable(logging.WARNING)


if __name__ == "__main__":
    main()
