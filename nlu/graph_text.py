"""Rasa graph components that read a message: take it in, bring it into plain spelling, take it apart."""

from pathlib import Path
from typing import Any

from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.analysis import Analyser
from nlu.concepts import Concepts, load_glossary, load_topics
from nlu.graph_component import ANALYSIS, PLAIN, CardwiseComponent, Learner, read_json, write_json
from nlu.lexicon import Lexicon, load_lexicon, load_terms
from nlu.normalise import Normaliser, NormaliserSettings
from nlu.spelling import Spellings, SpellingTables, load_spellings
from nlu.tokens import Tokeniser, domain_dictionary


class MessageReader(CardwiseComponent):
    """Takes what the engine is given (anything with a `text`, Rasa's `UserMessage` too) as text and as nothing else.

    Rasa's own converter comes with a handler that obeys messages like `/intent{"entity": "value"}`; this one does not.
    """

    def read(self, messages: list[Any]) -> list[Message]:
        """One Rasa message for each input."""
        return [Message(data={"text": message.text or ""}, output_properties={"text"}) for message in messages]


class MessageNormaliser(Learner):
    """Brings messages into plain spelling; see `nlu.normalise`."""

    settings_class = NormaliserSettings
    normaliser: Normaliser

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        """Keep today's spelling tables with the model."""
        write_json(folder / "spellings.json", load_spellings().tables.as_json())

    def restore(self, folder: Path) -> None:
        tables = SpellingTables(**read_json(folder / "spellings.json"))
        self.normaliser = Normaliser(Spellings(tables), self.settings.limit)

    def work_on(self, message: Message) -> None:
        message.set(PLAIN, self.normaliser.normalise(message.get("text") or ""))


class MessageTokeniser(Learner):
    """Cuts messages into words and finds what lexicon and concepts know; see `nlu.analysis`."""

    analyser: Analyser

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        """Keep today's dictionary, lexicon and concepts with the model."""
        lexicon = load_lexicon()
        write_json(folder / "dictionary.json", domain_dictionary([*lexicon.forms, *load_terms()]))
        write_json(folder / "lexicon.json", lexicon.as_json())
        write_json(folder / "topics.json", load_topics().forms)
        write_json(folder / "glossary.json", load_glossary().forms)

    def restore(self, folder: Path) -> None:
        self.analyser = Analyser(
            Tokeniser(read_json(folder / "dictionary.json")),
            Lexicon.from_json(read_json(folder / "lexicon.json")),
            Concepts(read_json(folder / "topics.json")),
            Concepts(read_json(folder / "glossary.json")),
        )

    def work_on(self, message: Message) -> None:
        message.set(ANALYSIS, self.analyser.analyse(message.get(PLAIN)))
