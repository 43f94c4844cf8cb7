"""A model somewhere else: `cardwise nlu serve`, or a stock Rasa server with our model (`POST /model/parse`)."""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from nlu.interpreter import Away, Entity, Parse, Ranked
from nlu.language import detect_language

logger = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds for one answer; a model on the same network needs a few milliseconds
_REST = 3.0  # seconds in which a server that did not answer is not asked again: nobody waits for it in vain
_RANKED = 5

Changed = Callable[[bool], Awaitable[None]]


class RemoteInterpreter:
    """Asks the server at `url`. `changed(away)` is told when it is away, and when it is back. Close it when done."""

    def __init__(
        self,
        url: str,
        changed: Changed | None = None,
        *,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = f"{url}/model/parse"
        self._changed = changed
        self._clock = clock
        self._client = httpx.AsyncClient(timeout=httpx.Timeout(patience, connect=min(patience, 2.0)), trust_env=False)
        self._rests_until: float | None = None

    @property
    def away(self) -> bool:
        """Whether it did not answer when it was asked last."""
        return self._rests_until is not None

    async def parse(self, text: str) -> Parse:
        """What `text` means. Raises Away."""
        if self._rests_until is not None and self._clock() < self._rests_until:
            raise Away("the model's server did not answer a moment ago")
        try:
            answer = await self._client.post(self._url, json={"text": text})
            answer.raise_for_status()
            parse = parsed(text, answer.json())
        except (httpx.HTTPError, ValueError, KeyError, TypeError, IndexError) as error:
            await self._note(away=True, why=type(error).__name__)
            raise Away(type(error).__name__) from None
        await self._note(away=False)
        return parse

    async def _note(self, *, away: bool, why: str = "") -> None:
        was_away = self.away
        self._rests_until = self._clock() + _REST if away else None
        if away == was_away:
            return
        if away:
            logger.error("the model's server cannot be asked (%s): free text rests until it can", why)
        else:
            logger.warning("the model's server answers again")
        if self._changed is not None:
            await self._changed(away)

    async def close(self) -> None:
        await self._client.aclose()


def parsed(text: str, answer: dict[str, Any]) -> Parse:
    """Rasa's answer as a Parse. Raises ValueError, KeyError, TypeError or IndexError when it is none."""
    ranking = tuple(Ranked(str(one["name"]), float(one["confidence"])) for one in answer["intent_ranking"][:_RANKED])
    entities = tuple(_entity(text, one) for one in answer["entities"])
    return Parse(text, detect_language(text), str(answer["intent"]["name"]), ranking[0].confidence, ranking, entities)


def _entity(text: str, found: dict[str, Any]) -> Entity:
    start, end = int(found["start"]), int(found["end"])
    return Entity(str(found["entity"]), found["value"], text[start:end], start, end)


def as_rasa(parse: Parse) -> dict[str, Any]:
    """A Parse in the shape in which Rasa's server answers `/model/parse`."""
    return {
        "text": parse.text,
        "intent": {"name": parse.intent, "confidence": parse.confidence},
        "entities": [
            {"entity": one.entity, "value": one.value, "text": one.text, "start": one.start, "end": one.end}
            for one in parse.entities
        ],
        "intent_ranking": [{"name": one.intent, "confidence": one.confidence} for one in parse.ranking],
    }
