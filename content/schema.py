"""The shape of every content file. One declaration gives the checks, the types and, for editors, a JSON Schema."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Language = Literal["zh", "en"]

# Ids travel in buttons, which Telegram limits to 64 bytes.
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$", max_length=32)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
# As exact as the source is: 2022, 2022-07 or 2022-07-22.
RoughDate = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Text(Strict):
    """The same thing said in both languages."""

    zh: Line
    en: Line

    def __getitem__(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


class Source(Strict):
    """Who published it, and when. The original publisher, never a mirror."""

    name: Text
    date: RoughDate
    url: Annotated[str, StringConstraints(pattern=r"^https://")] | None = None


class Verdict(StrEnum):
    UNLAWFUL = "unlawful"
    RISKY = "risky"
    FINE = "fine"
    INFO = "info"
    CARE = "care"  # somebody is in despair: no verdict, only care


class Ages(Strict):
    """Ages from `from` to `to`, both included."""

    from_: int = Field(alias="from", ge=0, le=120)
    to: int = Field(ge=0, le=120)


class When(Strict):
    """For whom an answer is meant: every condition must hold, each by any of its values."""

    item: tuple[str, ...] = ()
    deal: tuple[str, ...] = ()
    job: tuple[str, ...] = ()
    relation: tuple[str, ...] = ()
    role: tuple[str, ...] = ()
    age: Ages | None = None


class Answer(Strict):
    """What a student reads: verdict, why, what to do, law, case, next step."""

    id: Id
    when: When | None = None
    verdict: Verdict
    name: Text
    headline: Text
    why: Text
    do: Text
    laws: tuple[Id, ...] = ()
    cases: tuple[Id, ...] = ()
    guide: Id | None = None
    related: tuple[str, ...] = ()
    hotlines: tuple[Id, ...] = ()
    sources: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _legal_statement_has_a_source(self) -> "Answer":
        if not (self.laws or self.sources or self.hotlines):
            raise ValueError("name the laws (or sources) that this answer rests on")
        return self


class Topic(Strict):
    """The answers to one intent. The file's name is the intent."""

    title: Text
    reviewed: date
    answers: Annotated[tuple[Answer, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _one_default(self) -> "Topic":
        if sum(answer.when is None for answer in self.answers) != 1:
            raise ValueError("exactly one answer has no `when`: it is given when no other fits")
        ids = [answer.id for answer in self.answers]
        if len(set(ids)) != len(ids):
            raise ValueError("two answers have the same id")
        return self


class Verified(StrEnum):
    """How sure the wording is."""

    FULL_TEXT = "full_text"
    OFFICIAL_EXCERPT = "official_excerpt"
    COMMENTARIES = "commentaries"


class Law(Strict):
    """One article of a law, interpretation or set of opinions. The file's name is its id."""

    law: Text
    short: Text
    subject: Text
    wording: Literal["verbatim", "paraphrase"]
    words: Text
    plain: Text
    issuer: Text
    in_force: date | None = None
    amended: date | None = None
    repealed: date | None = None
    # Full text: when the text was compared. Otherwise: when the document was released.
    text_as_of: date | RoughDate
    source: Text
    verified: Verified

    @model_validator(mode="after")
    def _verbatim_needs_a_text(self) -> "Law":
        if self.wording == "verbatim" and self.verified is Verified.COMMENTARIES:
            raise ValueError("words known only from commentaries are a paraphrase, never verbatim")
        return self


class Case(Strict):
    """A published case, anonymised as published. The file's name is its id."""

    title: Text
    who: Text
    facts: Text
    charge: Text
    outcome: Text
    outcome_known: bool = True
    lesson: Text
    issuer: Text
    published: RoughDate | None = None  # left out when it is not known
    source: Text
    roles: tuple[Literal["student", "minor", "worker", "tech_employee", "insider", "other"], ...]
    acts: Annotated[
        tuple[
            Literal[
                "provide_item",
                "move_money",
                "withdraw_cash",
                "collect_cards",
                "verify",
                "promote",
                "call",
                "host_equipment",
                "tech_work",
                "real_name",
                "recruit",
                "cheated",
                "internship",
                "part_time",
            ],
            ...,
        ],
        Field(min_length=1),
    ]
    items: tuple[str, ...] = ()
    outcomes: Annotated[
        tuple[
            Literal[
                "imprisonment",
                "suspended",
                "detention",
                "fine",
                "not_prosecuted",
                "conditional_non_prosecution",
                "administrative",
                "civil",
                "under_investigation",
                "unknown",
            ],
            ...,
        ],
        Field(min_length=1),
    ]
    laws: tuple[Id, ...] = ()


class Step(Strict):
    do: Text
    call: tuple[Id, ...] = ()


class Guide(Strict):
    """What to do now, in order. The file's name is its id."""

    title: Text
    reviewed: date
    urgent: Text
    steps: Annotated[tuple[Step, ...], Field(min_length=2)]
    avoid: Annotated[tuple[Text, ...], Field(min_length=1)]
    laws: tuple[Id, ...] = ()


class Hotline(Strict):
    number: Annotated[str, StringConstraints(pattern=r"^\d{3,6}$")]
    name: Text
    purpose: Text


class Hotlines(Strict):
    """content/hotlines.yml: every number that may be printed."""

    confirmed: date
    hotlines: Annotated[tuple[Hotline, ...], Field(min_length=1)]


class Interface(Strict):
    """content/interface.yml: the sentences of the bot itself, by key, and the questions its menu offers."""

    menu: Annotated[tuple[str, ...], Field(min_length=3, max_length=12)]
    texts: dict[Id, Text]


class Safety(Strict):
    """content/safety.yml: words that mean danger to life. They are answered with care before anything else."""

    zh: Annotated[tuple[Line, ...], Field(min_length=1)]
    en: Annotated[tuple[Line, ...], Field(min_length=1)]
    harmless: tuple[Line, ...] = ()  # longer words that hold such a phrase and mean something else
