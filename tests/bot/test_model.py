"""The model in use: an older one answers while a new one is made, and the change loses nothing."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from bot.model import (
    ModelInUse,
    adverts_trained_beside,
    current_model,
    or_rest,
    prepare,
    prepare_current,
    train_and_swap,
)
from nlu.training_data import BadTrainingData

pytestmark = pytest.mark.model


def place(model_path: Path, data_dir: Path, name: str) -> None:
    """Put the real model into `data_dir` under another name, as a training on other sentences would have."""
    folder = data_dir / "models"
    folder.mkdir(parents=True, exist_ok=True)
    real = model_path.name.removesuffix(".tar.gz")
    shutil.copy(model_path, folder / f"{name}.tar.gz")
    for described in model_path.parent.glob(f"{real}.*json"):
        about = json.loads(described.read_text(encoding="utf-8"))
        about["name"] = name
        (folder / described.name.replace(real, name)).write_text(json.dumps(about), encoding="utf-8")


async def test_an_older_model_answers_until_the_new_one_is_there(model_path: Path, tmp_path: Path) -> None:
    place(model_path, tmp_path, "cardwise-000000000000")
    model = ModelInUse()
    assert await prepare(model, tmp_path, None) is False
    older = model()
    assert older is not None
    assert (await older.parse("我可以把银行卡租给别人用吗")).intent == "ask_provide_item"
    place(model_path, tmp_path, model_path.name.removesuffix(".tar.gz"))  # somebody else has trained it meanwhile
    asked = [asyncio.create_task(older.parse("你好")) for _ in range(20)]
    await train_and_swap(model, tmp_path)
    assert model() is not older
    assert all(parse.intent == "greet" for parse in await asyncio.gather(*asked))
    await model.close()
    assert model() is None


async def test_the_right_model_is_loaded_without_training(model_path: Path, tmp_path: Path) -> None:
    place(model_path, tmp_path, model_path.name.removesuffix(".tar.gz"))
    assert current_model(tmp_path) is not None
    model = ModelInUse()
    assert await prepare(model, tmp_path, None) is True
    await prepare_current(model, tmp_path, None)
    interpreter = model()
    assert interpreter is not None
    assert (await interpreter.parse("thx")).intent == "thanks"
    await model.close()


async def test_whatever_keeps_a_model_from_being_had_is_told_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    async def fails(error: Exception) -> bool:
        raise error

    async def works() -> bool:
        return True

    assert await or_rest(works()) is True
    with caplog.at_level("ERROR"):
        assert await or_rest(fails(BadTrainingData("zh/greet.yml:3: begin the sentence with '- '"))) is None
        assert await or_rest(fails(OSError(28, "No space left on device"))) is None
        assert await or_rest(fails(ValueError("item.yml:\nwrite one block"))) is None
    lines = [record.getMessage() for record in caplog.records]
    assert [line.partition("mended: ")[2] for line in lines] == [
        "zh/greet.yml:3: begin the sentence with '- '",
        "OSError: [Errno 28] No space left on device",
        "ValueError: item.yml: write one block",
    ]


async def test_whoever_stops_a_first_start_stops_the_training_beside_it(tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    with pytest.raises(Stopped):
        async with adverts_trained_beside(tmp_path):
            await asyncio.sleep(0.5)
            raise Stopped
    await asyncio.sleep(0.2)
    assert list((tmp_path / "models").glob("*.npz")) == [] if (tmp_path / "models").exists() else True


async def test_nothing_is_trained_beside_when_there_is_a_model(model_path: Path, tmp_path: Path) -> None:
    place(model_path, tmp_path, "cardwise-000000000000")
    async with adverts_trained_beside(tmp_path):
        pass
    assert not list((tmp_path / "models").glob("adverts-*"))
