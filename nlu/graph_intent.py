"""Rasa graph components that tell what a message means: features, the network, the decision."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.graph_component import ANALYSIS, VECTOR, CardwiseComponent, checked_settings, read_json, write_json
from nlu.interpreter import FALLBACK
from nlu.network import IntentNetwork, NetworkSettings, train_network
from nlu.ngrams import NgramSettings, Vocabulary


class NgramFeaturizer(CardwiseComponent):
    """Turns messages into weighted features; see `nlu.ngrams`."""

    settings_class = NgramSettings
    vocabulary: Vocabulary

    def train(self, training_data: TrainingData) -> Resource:
        """Learn which features there are and how telling each is."""
        analyses = (message.get(ANALYSIS) for message in training_data.intent_examples)
        vocabulary = Vocabulary.learn(analyses, self.settings)
        with self._storage.write_to(self._resource) as folder:
            write_json(folder / "names.json", vocabulary.names)
            np.save(folder / "telling.npy", vocabulary.telling, allow_pickle=False)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "NgramFeaturizer":
        settings = checked_settings(NgramSettings, config, cls.__name__)
        component = cls(settings, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            names = read_json(folder / "names.json")
            telling = np.load(folder / "telling.npy", allow_pickle=False)
        component.vocabulary = Vocabulary(names, telling, settings)
        return component

    def work_on(self, message: Message) -> None:
        message.set(VECTOR, self.vocabulary.vector(message.get(ANALYSIS)))


class IntentClassifier(CardwiseComponent):
    """Ranks every intent by how probable it is; see `nlu.network`."""

    settings_class = NetworkSettings
    model: IntentNetwork

    def train(self, training_data: TrainingData) -> Resource:
        """Learn which features mean which intent."""
        examples = training_data.intent_examples
        vectors = [message.get(VECTOR) for message in examples]
        width = 1 + max((int(vector.columns.max(initial=0)) for vector in vectors), default=0)
        model = train_network(vectors, [message.get("intent") for message in examples], width, self.settings)
        with self._storage.write_to(self._resource) as folder:
            write_json(folder / "intents.json", model.intents)
            np.savez(folder / "layers.npz", *(layer.astype(np.float16) for layer in model.layers))
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "IntentClassifier":
        settings = checked_settings(NetworkSettings, config, cls.__name__)
        component = cls(settings, model_storage, resource)
        with model_storage.read_from(resource) as folder, np.load(folder / "layers.npz", allow_pickle=False) as stored:
            layers = [stored[name] for name in stored.files]
            component.model = IntentNetwork(read_json(folder / "intents.json"), layers, settings.temperature)
        return component

    def work_on(self, message: Message) -> None:
        probabilities = self.model.probabilities(message.get(VECTOR))
        order = np.argsort(-probabilities, kind="stable")
        ranking = [{"name": self.model.intents[place], "confidence": float(probabilities[place])} for place in order]
        message.set("intent", dict(ranking[0]), add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)


@dataclass(frozen=True, slots=True)
class GateSettings:
    """Below `threshold`, or closer than `margin` to the second, the first intent is not believed."""

    threshold: float = 0.3
    margin: float = 0.0


class ConfidenceGate(CardwiseComponent):
    """Decides whether the first intent is believed: a wrong confident answer is worse than "I am not sure"."""

    settings_class = GateSettings

    def work_on(self, message: Message) -> None:
        ranking = message.get("intent_ranking")
        first, second = ranking[0]["confidence"], ranking[1]["confidence"] if len(ranking) > 1 else 0.0
        if (
            not message.get(VECTOR).columns.size
            or first < self.settings.threshold
            or first - second < self.settings.margin
        ):
            message.set("intent", {"name": FALLBACK, "confidence": first}, add_to_output=True)
