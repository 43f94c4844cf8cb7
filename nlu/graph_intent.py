"""Rasa graph components that tell what a message means: its features, the network, the decision."""

from pathlib import Path

import numpy as np
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.decision import GateSettings, decide
from nlu.graph_component import ANALYSIS, VECTOR, Learner, MessageWorker, read_json, write_json
from nlu.interpreter import Ranked
from nlu.network import IntentNetwork, NetworkSettings, train_network
from nlu.ngrams import NgramSettings, Vocabulary

RANKED = 5
"""How many intents a ranking keeps."""


class NgramFeaturizer(Learner):
    """Turns messages into weighted features; see `nlu.features` and `nlu.ngrams`."""

    settings_class = NgramSettings
    vocabulary: Vocabulary

    def train_and_process(self, training_data: TrainingData) -> TrainingData:
        """Learn which features there are, and hand the sentences on with theirs.

        One node of the graph instead of two: finding the features of all sentences again would take as long.
        """
        self.train(training_data)
        return training_data

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        """Learn which features there are and how telling each is; leave each sentence its own."""
        examples = training_data.intent_examples
        vocabulary, vectors = Vocabulary.learn((message.get(ANALYSIS) for message in examples), self.settings)
        for message, vector in zip(examples, vectors, strict=True):
            message.set(VECTOR, vector)
        write_json(folder / "names.json", vocabulary.names)
        np.save(folder / "telling.npy", vocabulary.telling, allow_pickle=False)

    def restore(self, folder: Path) -> None:
        telling = np.load(folder / "telling.npy", allow_pickle=False)
        self.vocabulary = Vocabulary(read_json(folder / "names.json"), telling, self.settings)

    def work_on(self, message: Message) -> None:
        message.set(VECTOR, self.vocabulary.vector(message.get(ANALYSIS)))


class IntentClassifier(Learner):
    """Ranks every intent by how probable it is; see `nlu.network`."""

    settings_class = NetworkSettings
    model: IntentNetwork

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        """Learn which features mean which intent."""
        examples = training_data.intent_examples
        vectors = [message.get(VECTOR) for message in examples]
        width = 1 + max((int(vector.columns.max(initial=0)) for vector in vectors), default=0)
        model = train_network(vectors, [message.get("intent") for message in examples], width, self.settings)
        write_json(folder / "intents.json", model.intents)
        np.savez(folder / "layers.npz", *model.layers)

    def restore(self, folder: Path) -> None:
        with np.load(folder / "layers.npz", allow_pickle=False) as stored:
            layers = [stored[name] for name in stored.files]
        self.model = IntentNetwork(read_json(folder / "intents.json"), layers, self.settings.temperature)

    def work_on(self, message: Message) -> None:
        ranking = [
            {"name": ranked.intent, "confidence": ranked.confidence}
            for ranked in self.model.ranking(message.get(VECTOR), RANKED)
        ]
        message.set("intent", dict(ranking[0]), add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)


class ConfidenceGate(MessageWorker):
    """Decides whether the first intent is believed; see `nlu.decision`."""

    settings_class = GateSettings

    def work_on(self, message: Message) -> None:
        ranking = tuple(Ranked(ranked["name"], ranked["confidence"]) for ranked in message.get("intent_ranking"))
        decided = decide(ranking, message.get(ANALYSIS), self.settings)
        message.set("intent", {"name": decided, "confidence": ranking[0].confidence}, add_to_output=True)
