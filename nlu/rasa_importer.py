"""Give Rasa our training sentences: read thirty times faster than its own reader does, and only from `nlu/data/`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import read_yaml_file

from nlu.training_data import DATA_DIR, Sentence, read_training_data


class UncachedTrainingData(TrainingData):
    """Training data that is new to Rasa's node cache every time, instead of hashing every message at every node."""

    def fingerprint(self) -> str:
        return uuid4().hex


class SentenceImporter(TrainingDataImporter):
    """What Rasa's trainer asks for its data: our sentences, no stories, an empty domain."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        """`training_data_paths`: the first one is the folder of the training data; our own when there is none."""
        paths = [training_data_paths] if isinstance(training_data_paths, str) else training_data_paths
        self._config_file = config_file
        self._data_dir = Path(paths[0]) if paths else DATA_DIR

    def get_nlu_data(self, language: str | None = None) -> TrainingData:
        """Every sentence. Raises `BadTrainingData` naming file and line."""
        return training_data(read_training_data(self._data_dir))

    def get_domain(self) -> Domain:
        return Domain.empty()

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        return StoryGraph([])

    def get_config(self) -> dict[str, Any]:
        return dict(read_yaml_file(self._config_file)) if self._config_file else {}

    def get_config_file_for_auto_config(self) -> str | None:
        return self._config_file


class FixedImporter(SentenceImporter):
    """Gives the trainer sentences that were read already."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        super().__init__()
        self._sentences = sentences

    def get_nlu_data(self, language: str | None = None) -> TrainingData:
        """The given sentences."""
        return training_data(self._sentences)


def training_data(sentences: Sequence[Sentence]) -> TrainingData:
    """`sentences` as Rasa's training data."""
    return UncachedTrainingData([_message(sentence) for sentence in sentences])


def _message(sentence: Sentence) -> Message:
    entities = [
        {"entity": mention.entity, "value": mention.value, "start": mention.start, "end": mention.end}
        for mention in sentence.mentions
    ]
    return Message(data={"text": sentence.text, "intent": sentence.intent, "entities": entities})
