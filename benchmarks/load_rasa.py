"""Rasa's own server with its default pipeline, asked on its REST channel: what a bot built on stock Rasa would do."""

import asyncio
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import yaml
from aiohttp import ClientError, ClientSession

from benchmarks.environment import default_python, worker_environment
from benchmarks.memory import resident_mb
from nlu.training_data import read_training_data

SENTENCES_PER_INTENT = 12  # how fast it answers does not depend on how well it is trained
EPOCHS = 3
AT_ONCE = 32
_ANSWER = "⛔ 不能租。" + "把银行卡借给别人，可能成为电信诈骗的帮凶。" * 8


async def rasa_figures(texts: Sequence[str], rate: float) -> tuple[float, Sequence[float], float]:
    """Questions a second with many at once, seconds for each when they come evenly, and its memory (MB)."""
    python = default_python()
    with tempfile.TemporaryDirectory(prefix="rasa-") as name:
        folder = Path(name)
        _write_project(folder)
        print("training Rasa's default pipeline …", file=sys.stderr, flush=True)
        environment = worker_environment() | {"RASA_TELEMETRY_ENABLED": "false"}
        train = [str(python), "-m", "rasa", "train", "--fixed-model-name", "m", "--out", str(folder / "models")]
        log = folder / "training.log"
        with log.open("wb") as told:
            training = await asyncio.create_subprocess_exec(
                *train, cwd=folder, env=environment, stdout=told, stderr=asyncio.subprocess.STDOUT
            )
        if await training.wait():
            raise RuntimeError(f"Rasa could not train: {log.read_text()[-2000:]}")
        port = _free_port()
        run = [str(python), "-m", "rasa", "run", "-m", str(folder / "models" / "m.tar.gz"), "-p", str(port)]
        server = await asyncio.create_subprocess_exec(
            *run,
            "--credentials",
            "credentials.yml",
            cwd=folder,
            env=environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            return await _asked(f"http://127.0.0.1:{port}/webhooks/rest/webhook", texts, rate, server.pid)
        finally:
            server.terminate()
            await server.wait()


async def _asked(url: str, texts: Sequence[str], rate: float, pid: int) -> tuple[float, Sequence[float], float]:
    async with ClientSession() as session:

        async def ask(number: int) -> float:
            begun = time.perf_counter()
            asked = {"sender": f"student-{number % 400}", "message": texts[number % len(texts)]}
            async with session.post(url, json=asked) as answer:
                assert answer.status == 200
                await answer.read()
            return time.perf_counter() - begun

        async with asyncio.timeout(300):
            while True:
                try:
                    await ask(0)
                    break
                except ClientError:
                    await asyncio.sleep(1.0)
        for number in range(50):
            await ask(number)
        places = asyncio.Semaphore(AT_ONCE)

        async def in_turn(number: int) -> None:
            async with places:
                await ask(number)

        begun = time.perf_counter()
        await asyncio.gather(*map(in_turn, range(len(texts))))
        per_second = len(texts) / (time.perf_counter() - begun)
        begun, asking = time.perf_counter(), []
        for number in range(int(rate * 15)):
            await asyncio.sleep(max(begun + number / rate - time.perf_counter(), 0))
            asking.append(asyncio.create_task(ask(number)))
        return per_second, await asyncio.gather(*asking), resident_mb(pid)


def _write_project(folder: Path) -> None:
    """A stock Rasa project: sentences, a rule and an answer for each intent."""
    by_intent: dict[str, list[str]] = {}
    for sentence in read_training_data():
        by_intent.setdefault(sentence.intent, []).append(" ".join(sentence.text.split()))
    default = yaml.safe_load(Path(__file__).with_name("rasa_default.yml").read_text(encoding="utf-8"))
    for part in default["pipeline"]:
        if part["name"] == "DIETClassifier":
            part["epochs"] = EPOCHS
    config = {"recipe": "default.v1", "language": "zh", "assistant_id": "load", "pipeline": default["pipeline"]}
    nlu = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts[:SENTENCES_PER_INTENT])}
        for intent, texts in by_intent.items()
    ]
    rules = [
        {"rule": intent, "steps": [{"intent": intent}, {"action": f"utter_{intent}"}]}
        for intent in [*by_intent, "nlu_fallback"]
    ]
    answers = {f"utter_{intent}": [{"text": _ANSWER}] for intent in [*by_intent, "nlu_fallback"]}
    _dump(folder / "config.yml", {**config, "policies": [{"name": "RulePolicy"}]})
    _dump(folder / "domain.yml", {"version": "3.1", "intents": list(by_intent), "responses": answers})
    (folder / "data").mkdir()
    _dump(folder / "data" / "nlu.yml", {"version": "3.1", "nlu": nlu})
    _dump(folder / "data" / "rules.yml", {"version": "3.1", "rules": rules})
    _dump(folder / "credentials.yml", {"rest": None})


def _dump(path: Path, value: object) -> None:
    path.write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
