"""`cardwise check-ad`: what is wrong with a job advert, and how well the check does."""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli.errors import Mistake, told_plainly
from bot.cli.progress import progress_bar

if TYPE_CHECKING:
    from bot.adverts.check import AdvertCheck, Verdict
    from bot.adverts.measure import Known


@click.command("check-ad")
@click.argument("text", required=False)
@click.option("--image", type=click.Path(dir_okay=False), help="Read the advert from a picture.")
@click.option("--jsonl", is_flag=True, help='Read lines {"text": …} from standard input; other keys are kept.')
@click.option("--evaluate", "file", type=click.Path(dir_okay=False), help="Measure on known adverts (JSON lines).")
@click.option("--diff", is_flag=True, help="Which known adverts change their verdict with today's phrases.")
@click.option("--release", is_flag=True, help="Make today's phrases those that --diff compares with.")
@click.option("--json", "as_json", is_flag=True, help="Figures or differences as JSON.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Print the answer as a student reads it.")
def check_ad(
    text: str | None,
    image: str | None,
    jsonl: bool,
    file: str | None,
    diff: bool,
    release: bool,
    as_json: bool,
    lang: str | None,
) -> None:
    """Say what is wrong with a job advert: TEXT, a picture, or many as JSON lines."""
    wanted = [text is not None, image is not None, jsonl, file is not None, diff, release]
    if sum(wanted) != 1:
        raise click.UsageError("give one of TEXT, --image, --jsonl, --evaluate, --diff and --release")
    if release:
        _release()
        return
    with told_plainly():
        check = _check()
    if diff:
        _diff(check, as_json=as_json)
    elif file is not None:
        _evaluate(check, Path(file), as_json=as_json)
    elif jsonl:
        for line in sys.stdin:
            if line.strip():
                _print_json(_checked_line(check, line))
    else:
        advert = text if text is not None else _read_picture(Path(image or ""))
        _print(check, advert, lang)


def _check() -> "AdvertCheck":
    """The check on today's content and the model of today's adverts, trained first when there is none."""
    from bot.adverts.check import AdvertCheck
    from bot.adverts.phrases import phrase_book
    from bot.content_check import load_checked
    from bot.settings import load_settings
    from nlu.adverts.files import ensure_advert_model

    settings, library = load_settings(), load_checked()
    with progress_bar("Training the advert model") as progress:
        model = ensure_advert_model(settings.data_dir, phrase_book(library).hints, progress)
    return AdvertCheck(library, model)


def _print(check: "AdvertCheck", advert: str, lang: str | None) -> None:
    verdict = check.check(advert)
    if lang is None:
        _print_json(shown(verdict))
        return
    from bot.console.chat import rendered
    from bot.content_check import load_checked
    from bot.dialogue.advert_pages import advert_page

    click.echo(rendered([advert_page(load_checked(), verdict, "en" if lang == "en" else "zh")]))


def shown(verdict: "Verdict") -> dict[str, Any]:
    """The verdict for machines; `start` and `end` are code points."""
    flags = [
        {"id": one.flag, "quote": one.quote, "start": one.start, "end": one.end, "confidence": round(one.score, 4)}
        for one in verdict.findings
    ]
    return {"risky": verdict.risky, "flags": flags, "suspicion": verdict.suspicion, "links": list(verdict.links)}


def _checked_line(check: "AdvertCheck", line: str) -> dict[str, Any]:
    try:
        data = json.loads(line.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return {"error": "not JSON"}
    if not isinstance(data, dict) or not isinstance(data.get("text"), str):
        return {"error": 'needs an object with "text" (a string)'}
    return {**data, **shown(check.check(data["text"]))}


def _print_json(value: dict[str, Any]) -> None:
    from bot.console.chat import as_json_line

    click.echo(as_json_line(value))


def _read_picture(path: Path) -> str:
    """The words in a picture. Raises Mistake with one line that says why there are none."""
    from bot.adverts.reading import HOW_TO_INSTALL, CannotRead, PictureReader, is_installed
    from bot.pictures import NotAPicture, PictureTooLarge

    if not is_installed():
        raise Mistake(HOW_TO_INSTALL)

    async def read(data: bytes) -> str:
        reader = PictureReader()
        try:
            return await reader.read(data)
        finally:
            await reader.close()

    try:
        words = asyncio.run(read(path.read_bytes()))
    except OSError as error:
        raise Mistake(f"{path}: {error.strerror}") from None
    except PictureTooLarge:
        raise Mistake(f"{path}: the picture is larger than we read (10 MB, 40 million pixels)") from None
    except NotAPicture:
        raise Mistake(f"{path}: not a picture (JPEG, PNG, WEBP, BMP and GIF are read)") from None
    except CannotRead as error:
        raise Mistake(f"{path}: could not be read ({error})") from None
    if not words.strip():
        raise Mistake(f"{path}: there are no words in this picture")
    return words


def _known(path: Path) -> Iterator["Known"]:
    """Known adverts, one a line. Raises Mistake naming the line that is wrong."""
    from bot.adverts.measure import Known

    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Mistake(f"{path}: cannot be read ({type(error).__name__})") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            yield Known(str(data["text"]), bool(data["risky"]), frozenset(data["flags"]), str(data.get("id", number)))
        except (ValueError, KeyError, TypeError):
            raise Mistake(f'{path}:{number}: needs "text", "risky" and "flags"') from None


def _evaluate(check: "AdvertCheck", path: Path, *, as_json: bool) -> None:
    from bot.adverts.measure import measure

    measured = measure(check, _known(path))
    figures = measured.as_json()
    if as_json:
        _print_json(figures)
        return
    click.echo(f"{figures['adverts']} adverts")
    click.echo(f"risky ones found      {_percent(figures['risky_found'])} of {figures['risky']}")
    click.echo(f"honest ones flagged   {_percent(figures['honest_flagged'])} of {figures['honest']}")
    click.echo(
        f"flags: precision {_percent(figures['flags']['precision'])}, recall {_percent(figures['flags']['recall'])}"
    )
    click.echo(f"\n{'flag':22} {'there':>5} {'precision':>10} {'recall':>8}")
    for flag, one in figures["by_flag"].items():
        click.echo(f"{flag:22} {one['there']:5} {_percent(one['precision']):>10} {_percent(one['recall']):>8}")
    if figures["confused"]:
        click.echo("\nmissed -> found instead")
        for pair in figures["confused"]:
            click.echo(f"{pair['missed']} -> {pair['found']}: {pair['times']}")
    if measured.wrong:
        click.echo("\nwrong verdicts: " + ", ".join(advert.id for advert, _, _ in measured.wrong))


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _diff(check: "AdvertCheck", *, as_json: bool) -> None:
    from bot.adverts.released import changes

    found = list(changes(check))
    if as_json:
        _print_json({"changed": [change.as_json() for change in found]})
        return
    for change in found:
        click.echo(change.as_line())
    click.echo(f"{len(found)} known adverts change", err=True)


def _release() -> None:
    from bot.adverts.released import release
    from bot.content_check import load_checked

    with told_plainly():
        path = release(load_checked())
    click.echo(f"today's phrases are now the released ones ({path.name})", err=True)
