"""`cardwise train`, `parse` and `evaluate`: what the bot understands."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.errors import Mistake, told_plainly
from bot.cli.progress import progress_bar

if TYPE_CHECKING:
    from nlu.interpreter import Parse
    from nlu.rasa_interpreter import RasaInterpreter


@click.command()
@click.option("--force", is_flag=True, help="Train even though nothing changed.")
@click.option("--json", "as_json", is_flag=True, help='Print {"model", "seconds", "sentences", "intents"}.')
def train(force: bool, as_json: bool) -> None:
    """Train the model. Does nothing when neither data, pipeline nor components changed."""
    from bot.settings import load_settings
    from nlu.training import ensure_model

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


@contextmanager
def _interpreter() -> Iterator["RasaInterpreter"]:
    """The model of today's data, trained first when there is none."""
    from bot.settings import load_settings
    from nlu.rasa_interpreter import RasaInterpreter
    from nlu.training import ensure_model

    with told_plainly():
        settings = load_settings()
        with progress_bar("Training the model") as progress:
            model = ensure_model(settings.data_dir, progress=progress)
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
    with _interpreter() as interpreter:
        if text is not None:
            click.echo(as_json_line(_shown(interpreter.parse_now(text), {})))
            return
        for line in sys.stdin:
            if line.strip():
                click.echo(as_json_line(_parsed_line(interpreter, line)))


def _parsed_line(interpreter: "RasaInterpreter", line: str) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return {"error": "not JSON"}
    if not isinstance(data, dict) or not isinstance(data.get("text"), str):
        return {"error": 'needs an object with "text" (a string)'}
    return _shown(interpreter.parse_now(data["text"]), data)


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
def evaluate(file: str | None, as_json: bool) -> None:
    """Measure the model on FILE (one JSON object a line), or by cross-validation on the training data."""
    from nlu.evaluation import BadQuestions, cross_validate, read_questions
    from nlu.evaluation import evaluate as ask_all
    from nlu.report import as_json as to_json
    from nlu.report import as_text

    if file is None:
        with told_plainly(), progress_bar("Cross-validation") as progress:
            result = cross_validate(progress=progress)
    else:
        try:
            questions = read_questions(Path(file))
        except BadQuestions as error:
            raise Mistake(str(error)) from None
        with _interpreter() as interpreter, progress_bar("Asking") as progress:
            result = ask_all(questions, interpreter.parse_now, progress)
    click.echo(json.dumps(to_json(result), ensure_ascii=False) if as_json else as_text(result))
