"""The shape of what a student learns from: red flags, wrong beliefs, terms, quizzes, stories, campaigns."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from content.phrases import pattern
from content.schema import Id, Line, Source, Strict, Text, part

# Bot API, sendPoll: question 1-300 characters, an option 1-100, the explanation 0-200 with at most two line feeds.
POLL_QUESTION = 300
POLL_OPTION = 100
POLL_EXPLANATION = 200
POLL_LINE_FEEDS = 2


class Names(Strict):
    """Other names, by language."""

    zh: tuple[Line, ...] = ()
    en: tuple[Line, ...] = ()


class Phrases(Names):
    """Phrases by which adverts are recognised, by language; content/phrases.py says how one is written."""

    @field_validator("zh", "en")
    @classmethod
    def _can_be_read(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for phrase in value:
            pattern(phrase)
        return value


class Sign(Strict):
    """One way in which adverts put it."""

    words: Text = part("The words as they stand in adverts, for example «收银行卡、四件套».")
    why: Text = part("Why this is a trap: one sentence.")


class RedFlag(Strict):
    """What is wrong with an advert. The file's name is the flag's name."""

    name: Text = part("A few words; it is a button, at most 40 characters.")
    reviewed: date = part("The day on which somebody last read the whole file.")
    level: Literal["stop", "check", "signal"] = part(
        "stop: never take it; check: stop and find out; signal: one alone means nothing yet."
    )
    phrases: Phrases = part("By which an advert is recognised: `(收|租) 银行卡`, see docs/admins.md.", Phrases())
    signs: Annotated[tuple[Sign, ...], Field(min_length=1)] = part("How adverts put it.")
    why: Text = part("Why it is dangerous, in words a student understands.")
    happens: Text = part("What happens, step by step, to somebody who takes it.")
    ask: Text = part("What to ask the employer to be sure.")
    instead: Text = part("What to do instead: a safe way to the same money or experience.")
    laws: tuple[Id, ...] = part("The articles it touches: names of files in laws/.", ())
    cases: tuple[Id, ...] = part("Names of files in cases/.", ())
    guide: Id | None = part("The guide for whoever has already done it: a file in guides/.", None)


class Belief(Strict):
    """Something many students believe, and what is true. The file's name is its id."""

    belief: Text = part("What students say, in their own words; it is a button, at most 40 characters.")
    reviewed: date = part("The day on which somebody last read the whole file.")
    truth: Text = part("The correction in one sentence.")
    why: Text = part("Two to four short sentences why.")
    laws: tuple[Id, ...] = part("The articles it rests on: names of files in laws/.", ())
    cases: tuple[Id, ...] = part("Names of files in cases/.", ())
    sources: tuple[Source, ...] = part("Where it comes from when it is not a law.", ())
    topics: Annotated[tuple[str, ...], Field(min_length=1)] = part(
        "The questions whose answers offer this correction: INTENT or INTENT.ANSWER; the first is where to read on."
    )

    @model_validator(mode="after")
    def _has_a_source(self) -> "Belief":
        if not (self.laws or self.sources):
            raise ValueError("name the laws (or sources) that this correction rests on")
        return self


class Term(Strict):
    """A word to explain. The file's name is its id."""

    term: Text = part("The word itself, and its good English name; at most 40 characters, it is a button.")
    pinyin: Line = part("With tone marks: bāngxìn zuì.")
    reviewed: date = part("The day on which somebody last read the whole file.")
    group: Literal["crime", "law", "money", "card", "job", "tech", "people", "procedure", "consequence"] = part(
        "Under which heading it is listed."
    )
    also: Names = part("Full names, short names and slang for the same thing.", Names())
    misnomers: tuple[Line, ...] = part("What machine translation makes of it, which a student may type.", ())
    meaning: Text = part("What it is, in two or three short sentences.")
    laws: tuple[Id, ...] = part("The articles it stands in: names of files in laws/.", ())
    topic: str = part("Where to read on: INTENT or INTENT.ANSWER.")


class Option(Strict):
    """One of the answers to choose from."""

    zh: Line
    en: Line
    right: bool = part("`right: true` on the one right answer.", False)


class QuizQuestion(Strict):
    """One question of the quiz, within the limits of Telegram's polls. The file's name is its id."""

    question: Text = part(f"At most {POLL_QUESTION} characters.")
    reviewed: date = part("The day on which somebody last read the whole file.")
    options: Annotated[tuple[Option, ...], Field(min_length=2, max_length=5)] = part(
        f"Two to five, at most {POLL_OPTION} characters each. They are shuffled: never write «all of the above»."
    )
    explanation: Text = part(
        f"Why; with the first law's name, which is added, at most {POLL_EXPLANATION} characters, two line breaks."
    )
    laws: Annotated[tuple[Id, ...], Field(min_length=1)] = part("The first is named in the explanation.")
    topic: str = part("Where to read on: INTENT or INTENT.ANSWER.")
    level: Literal["easy", "medium", "hard"] = part("How much one must know.")

    @model_validator(mode="after")
    def _one_right(self) -> "QuizQuestion":
        if sum(option.right for option in self.options) != 1:
            raise ValueError("exactly one option is `right: true`")
        return self


class Choice(Strict):
    """A button of a scene."""

    label: Text = part("At most 40 characters.")
    to: Id = part("The scene it leads to.")


class Scene(Strict):
    """One message of a story: it goes on by choices, or it is an ending."""

    text: Text = part("At most 900 characters with what is added below it.")
    choices: tuple[Choice, ...] = part("Two or three; none in an ending.", ())
    ending: Literal["safe", "late", "harm"] | None = part(
        "safe: nothing happened; late: turned back in time to soften it; harm: what it comes to.", None
    )
    lesson: Text | None = part("What to remember; only in an ending.", None)
    case: Id | None = part("The real case; only in an ending.", None)
    laws: tuple[Id, ...] = part("What the consequence rests on: names of files in laws/.", ())
    guide: Id | None = part("What to do when it has happened to oneself; only in an ending.", None)

    @model_validator(mode="after")
    def _goes_on_or_ends(self) -> "Scene":
        if (self.ending is None) != bool(self.choices):
            raise ValueError("a scene has either `choices` or an `ending`")
        if self.ending is not None and (self.lesson is None or self.case is None):
            raise ValueError("an ending has a `lesson` and a real `case`")
        if self.ending is None and (self.lesson or self.case or self.guide):
            raise ValueError("`lesson`, `case` and `guide` belong to an ending")
        return self


class Story(Strict):
    """A «what would you do», played by buttons. The file's name is its id."""

    title: Text = part("A few words; it is a button, at most 40 characters.")
    reviewed: date = part("The day on which somebody last read the whole file.")
    start: Id = part("The first scene.")
    scenes: Annotated[dict[Id, Scene], Field(min_length=3)] = part("The scenes by name.")


class CampaignButton(Strict):
    """A button below a campaign message: to an answer or to a guide."""

    label: Text = part("At most 40 characters.")
    answer: str | None = part("INTENT or INTENT.ANSWER.", None)
    guide: Id | None = part("A file in guides/.", None)

    @model_validator(mode="after")
    def _one_target(self) -> "CampaignButton":
        if (self.answer is None) == (self.guide is None):
            raise ValueError("a button has an `answer` or a `guide`, one of them")
        return self


class CampaignMessage(Strict):
    """One message of a campaign."""

    text: Text = part("At most 900 characters.")
    buttons: Annotated[tuple[CampaignButton, ...], Field(max_length=4)] = part("Where a student can go on.", ())
    quiz: tuple[Id, ...] = part("Quiz questions sent after the text: names of files in quizzes/.", ())


class CampaignTemplate(Strict):
    """A campaign that a counsellor can send as it is or change. The file's name is its id."""

    title: Text = part("At most 40 characters.")
    reviewed: date = part("The day on which somebody last read the whole file.")
    occasion: Text = part("For counsellors: when to send it and to whom.")
    months: Annotated[tuple[Annotated[int, Field(ge=1, le=12)], ...], Field(max_length=12)] = part(
        "The months in which it is proposed first; none: at any time.", ()
    )
    messages: Annotated[tuple[CampaignMessage, ...], Field(min_length=1, max_length=3)] = part("Sent in this order.")
    laws: tuple[Id, ...] = part("The articles that the texts rest on: names of files in laws/.", ())


class AdvertWords(Strict):
    """content/adverts.yml: words that matter to the check of job adverts, whatever the flag."""

    negations: Phrases = part("Before a phrase, close by, they turn it round: «不收押金» is no red flag.")
    warnings: Phrases = part("Words of a text that warns of such adverts and is none.")
