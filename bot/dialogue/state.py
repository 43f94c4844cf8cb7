"""What is remembered of a conversation for half an hour: never the student's words, only what they meant."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta

from nlu.interpreter import Value

KEPT_FOR = timedelta(minutes=30)

Entities = Mapping[str, tuple[Value, ...]]


@dataclass(frozen=True)
class State:
    """Where the conversation is. `pending` names a question of ours that a yes or no would answer."""

    language: str | None = None
    topic: str = ""  # the answer given last, as topic.answer
    entities: Entities = field(default_factory=dict)
    ranking: tuple[str, ...] = ()  # what the last message may have meant, likeliest first
    pending: str = ""
    guide: str = ""  # the guide that runs and the step in it, as guide:step
    misses: int = 0  # how many messages in a row were not understood
    rated: str = ""  # the answer of which they have said whether it helped

    def understood(self, ranking: Iterable[str], entities: Entities) -> "State":
        """The state once a message has been understood."""
        return replace(self, ranking=tuple(ranking), entities=entities, pending="")

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def from_json(text: str | None) -> State:
    """The state written by `to_json`; a fresh one when there is none or another version wrote it."""
    if text is None:
        return State()
    try:
        data = json.loads(text)
        return State(
            language=data.get("language"),
            topic=str(data.get("topic", "")),
            entities={str(name): tuple(values) for name, values in data.get("entities", {}).items()},
            ranking=tuple(map(str, data.get("ranking", ()))),
            pending=str(data.get("pending", "")),
            guide=str(data.get("guide", "")),
            misses=int(data.get("misses", 0)),
            rated=str(data.get("rated", "")),
        )
    except (ValueError, AttributeError, TypeError):
        return State()
