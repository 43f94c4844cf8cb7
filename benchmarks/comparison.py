"""The command: train both pipelines on the same sentences, measure each in processes of its own, print one table."""

import contextlib
import json
import statistics
import tempfile
import time
from collections.abc import Iterator, Sized
from pathlib import Path
from subprocess import CalledProcessError

import click

from benchmarks.engines import DEFAULT, OURS
from benchmarks.pipelines import Pipeline, default_pipeline, our_pipeline
from benchmarks.report import Told, as_table, circumstances, with_ratios
from benchmarks.sample import write_sentences
from benchmarks.whole_bot import bot_memory
from benchmarks.worker import Figures, held_out_texts

_STARTS = 5
_SPEEDS = 3
# What DIET took for one sentence in one epoch, in processor time (2 cores that others used too, 2026-11-25).
_DIET_SECONDS = 0.045


def say(text: str) -> None:
    """One line of progress."""
    click.echo(f"{time.strftime('%H:%M:%S')} {text}", err=True)


@click.command()
@click.option("--sentences", type=click.IntRange(min=200), help="Train on a sample of about so many, not on all.")
@click.option("--epochs", type=click.IntRange(min=1), help="Epochs of DIET; Rasa's default is 100.")
@click.option("--only", type=click.Choice([OURS, DEFAULT]), help="Measure one of the two.")
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False), help="Keep models here, and use them again.")
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures here.")
def main(
    sentences: int | None, epochs: int | None, only: str | None, keep: Path | None, json_file: Path | None
) -> None:
    """Compare our pipeline with Rasa's default one. On all sentences DIET learns for hours: begin with a sample."""
    try:
        with _folder(keep) as folder:
            told = compare(folder, sentences, epochs, only)
    except (RuntimeError, CalledProcessError) as error:
        raise click.ClickException(str(error)) from error
    if json_file:
        json_file.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    click.echo(as_table(told))


@contextlib.contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="cardwise-benchmark-") as folder:
        yield Path(folder)


def compare(folder: Path, count: int | None, epochs: int | None, only: str | None) -> Told:
    """Every figure of both pipelines, or of the one called `only`, and what they were measured on."""
    sentences = write_sentences(folder / "sentences", count)
    ours = our_pipeline(folder) if only != DEFAULT else None
    default = _default(folder, epochs) if only != OURS else None
    pipelines = [pipeline for pipeline in (ours, default) if pipeline]
    told: dict[str, Figures] = {}
    for pipeline in pipelines:
        hours = _hours(pipeline, sentences)
        say(f"{pipeline.name}: training on {len(sentences):,} sentences unless their model is there{hours}")
        told[pipeline.name] = pipeline.train(folder / "sentences")
        say(f"{pipeline.name}: quality")
        told[pipeline.name] |= pipeline.measure("quality")
    for name, figures in [*_speeds(pipelines).items(), *_starts(pipelines).items()]:
        told[name] |= figures
    if ours:
        told[OURS] |= _whole_bot(ours, len(sentences))
    return with_ratios(circumstances(sentences, default.epochs if default else None), told)


def _default(folder: Path, epochs: int | None) -> Pipeline:
    say("default: making or checking the environment with TensorFlow (1.9 GB, once)")
    return default_pipeline(folder, epochs)


def _hours(pipeline: Pipeline, sentences: Sized) -> str:
    """A warning of how long DIET will learn."""
    hours = (pipeline.epochs or 0) * len(sentences) * _DIET_SECONDS / 3600
    return f"; about {hours:.1f} hours" if hours >= 0.1 else ""


def _speeds(pipelines: list[Pipeline]) -> dict[str, Figures]:
    """One parse and a batch: medians of processes, the pipelines by turns, so that a busy minute meets both."""
    seen: dict[str, list[Figures]] = {pipeline.name: [] for pipeline in pipelines}
    for number in range(_SPEEDS):
        say(f"speed {number + 1} of {_SPEEDS}")
        for pipeline in pipelines:
            seen[pipeline.name].append(pipeline.measure("speed"))
    return {
        name: {key: statistics.median(figures[key] for figures in measured) for key in measured[0]}
        for name, measured in seen.items()
    }


def _starts(pipelines: list[Pipeline]) -> dict[str, Figures]:
    """From process start to first parse, and memory after parses: medians of processes, the pipelines by turns."""
    seen: dict[str, list[tuple[float, float]]] = {pipeline.name: [] for pipeline in pipelines}
    for number in range(_STARTS):
        say(f"start {number + 1} of {_STARTS}")
        for pipeline in pipelines:
            seen[pipeline.name].append(pipeline.start())
    return {
        name: {
            "start_seconds": statistics.median(seconds for seconds, _ in measured),
            "resident_mb": statistics.median(memory for _, memory in measured),
        }
        for name, measured in seen.items()
    }


def _whole_bot(ours: Pipeline, sentences: int) -> Figures:
    say("ours: memory of the whole bot")
    with tempfile.TemporaryDirectory(prefix="cardwise-bot-") as folder:
        return {"bot_resident_mb": bot_memory(ours.archive, sentences, held_out_texts(), Path(folder))}
