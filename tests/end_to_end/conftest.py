"""One running bot for a whole module of conversations."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from bot.adverts.phrases import phrase_book
from bot.app import App
from bot.settings import PROJECT
from content.library import Library
from nlu.adverts.files import ensure_advert_model
from tests.fakes.telegram import FakeTelegram, serving
from tests.running import running_bot


@dataclass
class Running:
    telegram: FakeTelegram
    app: App


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(
    library: Library, model_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Running]:
    """The whole bot with the real model, on the stand-in for Telegram."""
    async with (
        serving(FakeTelegram()) as telegram,
        running_bot(telegram, library, model_path, tmp_path_factory.mktemp("bot")) as app,
    ):
        app.adverts.load(ensure_advert_model(PROJECT / "var", phrase_book(library).hints))
        yield Running(telegram, app)
