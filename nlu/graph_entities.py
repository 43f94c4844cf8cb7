"""Rasa graph component that finds entities."""

from pathlib import Path

import numpy as np
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.graph_component import ANALYSIS, Learner, read_json, write_json
from nlu.lexicon import Lexicon, load_lexicon
from nlu.tagger import EntityTagger, TaggerSettings, train_tagger
from nlu.training_data import Mention


class EntityExtractor(Learner):
    """Finds entities and their values; see `nlu.candidates` and `nlu.tagger`."""

    settings_class = TaggerSettings
    tagger: EntityTagger

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        """Learn which words can be mentions, and when they are."""
        examples = training_data.training_examples
        analyses = [message.get(ANALYSIS) for message in examples]
        tagger = train_tagger(analyses, [_mentions(message) for message in examples], load_lexicon(), self.settings)
        write_json(folder / "forms.json", tagger.forms.as_json())
        write_json(folder / "features.json", [tagger.bias, list(tagger.weights)])
        np.save(folder / "weights.npy", np.asarray([*tagger.weights.values()], np.float32), allow_pickle=False)

    def restore(self, folder: Path) -> None:
        bias, names = read_json(folder / "features.json")
        weights = np.load(folder / "weights.npy", allow_pickle=False).tolist()
        forms = Lexicon.from_json(read_json(folder / "forms.json"))
        known = dict(zip(map(tuple, names), weights, strict=True))
        self.tagger = EntityTagger(forms, known, bias, self.settings.threshold)

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
