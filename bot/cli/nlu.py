"""`cardwise train`, `parse` and `evaluate`: what the bot understands."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.errors import Mistake, told_plainly
from bot.cli.progress import progress_bar

if TYPE_CHECKING:
    from nlu.interpreter import Parse
    from nlu.questions import Question
    from nlu.rasa_interpreter import RasaInterpreter
    from nlu.report import Measurement
    from nlu.training import Model


@click.command()
@click.option("--force", is_flag=True, help="Train even though nothing changed.")
@click.option("--json", "as_json", is_flag=True, help='Print {"model", "seconds", "sentences", "intents"}.')
@click.option("--check", is_flag=True, help="Only name every mistake in the training sentences.")
def train(force: bool, as_json: bool, check: bool) -> None:
    """Train the model. Does nothing when neither data, pipeline nor components changed."""
    from bot.settings import load_settings
    from nlu.training import ensure_model

    if check:
        _check_sentences()
        return
    with told_plainly():
        settings = load_settings()
        with progress_bar("Training the model") as progress:
            model = ensure_model(settings.data_dir, progress=progress, force=force)
    if as_json:
        figures = {
            "model": model.name,
            "seconds": model.seconds,
            "sentences": model.sentences,
            "intents": model.intents,
        }
        click.echo(json.dumps({**figures, "trained": model.trained}))
    elif model.trained:
        click.echo(f"{model.name}: {model.sentences} sentences, {model.intents} intents, {model.seconds:.1f} s")
    else:
        click.echo(f"{model.name}: nothing changed, nothing to do")


def _check_sentences() -> None:
    """Print every problem of the training sentences as `file:line: what to change`. Raises `Mistake` when there are."""
    from nlu.data_check import check_training_data

    with told_plainly():
        problems = check_training_data()
    if problems:
        raise Mistake(*map(str, problems), f"{len(problems)} to change in the training sentences")


def _trained_model() -> "Model":
    """The model of today's data, trained first when there is none."""
    from bot.settings import load_settings
    from nlu.training import ensure_model

    with told_plainly():
        settings = load_settings()
        with progress_bar("Training the model") as progress:
            return ensure_model(settings.data_dir, progress=progress)


@contextmanager
def _opened(model: "Model") -> Iterator["RasaInterpreter"]:
    from nlu.rasa_interpreter import RasaInterpreter

    with told_plainly():
        interpreter = RasaInterpreter.load(model.path)
    try:
        yield interpreter
    finally:
        interpreter.close()


@click.command()
@click.argument("text", required=False)
@click.option("--jsonl", is_flag=True, help='Read lines {"text": …} from standard input.')
def parse(text: str | None, jsonl: bool) -> None:
    """Show what the model understands, as JSON."""
    from bot.console.chat import as_json_line

    if (text is None) != jsonl:
        raise click.UsageError("give either TEXT or --jsonl")
    with _opened(_trained_model()) as interpreter:
        if text is not None:
            click.echo(as_json_line(_shown(interpreter.parse_now(text), {})))
            return
        for line in sys.stdin:
            if line.strip():
                click.echo(as_json_line(_parsed_line(interpreter, line)))


def _parsed_line(interpreter: "RasaInterpreter", line: str) -> dict[str, Any]:
    try:
        data = json.loads(line.removeprefix("\ufeff"), parse_constant=_no_json)
    except (ValueError, RecursionError):
        return {"error": "not JSON"}
    if not isinstance(data, dict) or not isinstance(data.get("text"), str):
        return {"error": 'needs an object with "text" (a string)'}
    return _shown(interpreter.parse_now(data["text"]), data)


def _no_json(constant: str) -> None:
    """Python reads NaN and Infinity, which are no JSON, and would write them out again."""
    raise ValueError(constant)


def _shown(parse: "Parse", other_keys: dict[str, Any]) -> dict[str, Any]:
    return {
        **other_keys,
        "text": parse.text,
        "language": parse.language,
        "intent": parse.intent,
        "confidence": round(parse.confidence, 4),
        "ranking": [{"intent": r.intent, "confidence": round(r.confidence, 4)} for r in parse.ranking[:3]],
        "entities": [
            {"entity": e.entity, "value": e.value, "text": e.text, "start": e.start, "end": e.end}
            for e in parse.entities
        ],
    }


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@click.option(
    "--report",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Also write DIR/index.html, one page with pictures, and DIR/evaluation.json.",
)
@click.option(
    "--compare",
    "other",
    metavar="OLD.tar.gz",
    type=click.Path(path_type=Path),
    help="Ask another model the same: what got better, what got worse. Needs FILE.",
)
def evaluate(file: str | None, as_json: bool, folder: Path | None, other: Path | None) -> None:
    """Measure the model on FILE (one JSON object a line), or by cross-validation on the training data."""
    from bot.console.chat import as_json_line
    from nlu.report import measurement_json, measurement_text
    from nlu.report_html import write_report

    if other is not None and file is None:
        raise click.UsageError("--compare needs FILE")
    with told_plainly():
        questions = _questions(Path(file)) if file is not None else []
        if folder is not None:
            _make_folder(folder)
        measured = _cross_validated() if file is None else _asked(file, questions, other)
        line = as_json_line(measurement_json(measured))
        if folder is not None:
            click.echo(f"written: {write_report(folder, measured, line)}", err=True)
    click.echo(line if as_json else measurement_text(measured))


def _questions(file: Path) -> "list[Question]":
    from nlu.questions import BadQuestions, read_questions

    try:
        return read_questions(file)
    except BadQuestions as error:
        raise Mistake(str(error)) from None


def _make_folder(folder: Path) -> None:
    """Before the long work: whoever waits for minutes should not learn of a wrong place at the end."""
    if folder.exists() and not folder.is_dir():
        raise Mistake(f"{folder}: is a file; --report needs a folder")
    folder.mkdir(parents=True, exist_ok=True)


def _cross_validated() -> "Measurement":
    from nlu.evaluation import cross_validate
    from nlu.report import Measurement
    from nlu.training import model_name

    name = model_name()  # before the long work, during which somebody may change the sentences
    with progress_bar("Cross-validation") as progress:
        evaluation = cross_validate(progress=progress)
    return Measurement(evaluation, name, None, datetime.now().astimezone())


def _asked(file: str, questions: "list[Question]", other: Path | None) -> "Measurement":
    """Ask the model of today's data, after the other one: that one may prove unusable before anything is trained."""
    from nlu.comparison import archive_name, ask_other, compare
    from nlu.evaluation import ask, figures
    from nlu.report import Measurement

    then = []
    if other is not None:
        with progress_bar(f"Asking {archive_name(other)}") as progress:
            then = ask_other(other, questions, progress)
    model = _trained_model()
    with _opened(model) as interpreter, progress_bar("Asking") as progress:
        now = ask(questions, interpreter.parse_all, progress)
    compared = compare(archive_name(other), then, now) if other is not None else None
    return Measurement(figures(now), model.name, file, datetime.now().astimezone(), compared)
