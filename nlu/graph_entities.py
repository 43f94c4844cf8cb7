"""Rasa graph component that finds entities."""

from pathlib import Path

from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.graph_component import ANALYSIS, CardwiseComponent, read_json, write_json
from nlu.lexicon import load_lexicon
from nlu.tagger import EntityTagger, TaggerSettings, plain_surfaces, train_crf
from nlu.training_data import Mention
from nlu.values import ValueBook


class EntityExtractor(CardwiseComponent):
    """Finds entities and their values; see `nlu.tagger` and `nlu.values`."""

    settings_class = TaggerSettings
    tagger: EntityTagger

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        """Learn where mentions stand and which values their surface forms have."""
        examples = training_data.training_examples
        analyses = [message.get(ANALYSIS) for message in examples]
        mentions = [_mentions(message) for message in examples]
        marked = (found for pair in zip(analyses, mentions, strict=True) for found in plain_surfaces(*pair))
        write_json(folder / "values.json", ValueBook.learn(load_lexicon(), marked).forms)
        train_crf(analyses, mentions, self.settings, folder / "entities.crfsuite")

    def restore(self, folder: Path) -> None:
        book = ValueBook(read_json(folder / "values.json"))
        self.tagger = EntityTagger((folder / "entities.crfsuite").read_bytes(), book)

    def work_on(self, message: Message) -> None:
        text = message.get("text") or ""
        found = [
            {
                "entity": mention.entity,
                "value": mention.value,
                "start": mention.start,
                "end": mention.end,
                "extractor": type(self).__name__,
                "text": text[mention.start : mention.end],
            }
            for mention in self.tagger.mentions(message.get(ANALYSIS))
        ]
        message.set("entities", found, add_to_output=True)


def _mentions(message: Message) -> tuple[Mention, ...]:
    """What is marked in a training sentence."""
    return tuple(
        Mention(marked["entity"], marked["value"], marked["start"], marked["end"])
        for marked in message.get("entities") or ()
    )
