"""The shape of every content file. One declaration gives the checks, the types and, for editors, a JSON Schema."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

LONGEST_LABEL = 40  # a button on a phone
LONGEST_MESSAGE = 900  # design: what is longer is behind a button

# Ids travel in buttons, which Telegram limits to 64 bytes.
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$", max_length=32)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
# As exact as the source is: 2022, 2022-07 or 2022-07-22.
RoughDate = Annotated[
    str,
    BeforeValidator(lambda value: value.isoformat() if isinstance(value, date) else value),
    Field(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"),
]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


def part(description: str, default: Any = ...) -> Any:
    """A field, with what an admin should know when filling it in; editors show it."""
    return Field(default, description=description)


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

    item: tuple[str, ...] = part("Values as in nlu/domain.yml: bank_card, phone_card, …", ())
    deal: tuple[str, ...] = part("rent, sell, lend, give, buy.", ())
    job: tuple[str, ...] = part("running_points, click_farming, …", ())
    relation: tuple[str, ...] = part("friend, classmate, relative, stranger, employer, teacher.", ())
    role: tuple[str, ...] = part("student, tech_employee, insider.", ())
    age: Ages | None = part("`{from: 0, to: 15}`.", None)


class Answer(Strict):
    """What a student reads: verdict, why, what to do, law, case, next step."""

    id: Id = part("A short name, small letters; the answer is then called INTENT.ID.")
    when: When | None = part("For whom it is meant; left out in the answer for everybody else.", None)
    verdict: Verdict = part("unlawful ⛔, risky ⚠️, fine ✅, info ℹ️, care 💛 (despair).")
    name: Text = part("A few words; it is a button, at most 40 characters.")
    headline: Text = part("The first line: the verdict in plain words.")
    why: Text = part("Two to four short sentences.")
    do: Text = part("What to do now, the most urgent first.")
    laws: tuple[Id, ...] = part("The articles it rests on: names of files in laws/.", ())
    cases: tuple[Id, ...] = part("Names of files in cases/.", ())
    guide: Id | None = part("Where 🧭 leads: a file in guides/.", None)
    related: tuple[str, ...] = part("What a student would ask next: INTENT or INTENT.ANSWER.", ())
    hotlines: tuple[Id, ...] = part("Numbers that stand in hotlines.yml, in quotes.", ())
    sources: tuple[Source, ...] = part("Where it comes from when it is not a law.", ())

    @model_validator(mode="after")
    def _legal_statement_has_a_source(self) -> "Answer":
        if not (self.laws or self.sources or self.hotlines):
            raise ValueError("name the laws (or sources) that this answer rests on")
        return self


class Topic(Strict):
    """The answers to one intent. The file's name is the intent."""

    title: Text = part("The question in a few words; it is a button, at most 40 characters.")
    reviewed: date = part("The day on which somebody last read the whole file.")
    answers: Annotated[tuple[Answer, ...], Field(min_length=1)] = part(
        "One answer without `when`, and others for whom it differs."
    )

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

    law: Text = part("The name of the whole law.")
    short: Text = part("As it is cited: 刑法第312条, Criminal Law Art. 312.")
    subject: Text = part("What the article is about, in a few words.")
    wording: Literal["verbatim", "paraphrase"] = part(
        "verbatim: compared with the full text; anything else is a paraphrase."
    )
    words: Text = part("The operative words; the English is our own rendering and shown as unofficial.")
    plain: Text = part("What it means, in one sentence.")
    issuer: Text = part("Who made it.")
    in_force: date | None = part("Since when.", None)
    amended: date | None = part("When it was last changed.", None)
    repealed: date | None = part("Since when it no longer holds; nothing may cite it then.", None)
    # Full text: when the text was compared. Otherwise: when the document was released.
    text_as_of: date | RoughDate = part(
        "The day of the text it was compared with; of a document not seen in full, the day it was released."
    )
    source: Text = part("Where the words were taken from.")
    verified: Verified = part("full_text, official_excerpt or commentaries.")

    @model_validator(mode="after")
    def _verbatim_needs_a_text(self) -> "Law":
        if self.wording == "verbatim" and self.verified is Verified.COMMENTARIES:
            raise ValueError("words known only from commentaries are a paraphrase, never verbatim")
        return self


class Case(Strict):
    """A published case, anonymised as published. The file's name is its id."""

    title: Text = part("At most 40 characters.")
    who: Text = part("Who, as published: never a full name.")
    facts: Text = part("What happened, with sums and dates.")
    charge: Text = part("Of what they were accused or convicted.")
    outcome: Text = part("How it ended, and which court or procuratorate decided.")
    outcome_known: bool = part("`false` when it is not known; the text then says so.", True)
    lesson: Text = part("One sentence to remember.")
    issuer: Text = part("Who published it.")
    published: RoughDate | None = part('When, as exactly as known: "2023-06" in quotes.', None)
    source: Text = part("In which release or report.")
    roles: Annotated[
        tuple[Literal["student", "minor", "worker", "tech_employee", "insider", "other"], ...], Field(min_length=1)
    ] = part("Who was drawn in.")
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
    ] = part("What they did.")
    items: tuple[str, ...] = part("With what: bank_card, phone_card, …", ())
    ages: tuple[Annotated[int, Field(ge=6, le=100)], ...] = ()  # of the people in it, as the source gives them
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
    ] = part("How it ended, for the search.")
    laws: tuple[Id, ...] = part("Names of files in laws/.", ())


class Step(Strict):
    do: Text = part("One step.")
    call: tuple[Id, ...] = part("Whom to call: numbers that stand in hotlines.yml, in quotes.", ())


class Guide(Strict):
    """What to do now, in order. The file's name is its id."""

    title: Text = part("A few words; it is a button.")
    reviewed: date = part("The day on which somebody last read the whole file.")
    urgent: Text = part("The one thing to do at once.")
    steps: Annotated[tuple[Step, ...], Field(min_length=2)] = part("The steps, in order.")
    avoid: Annotated[tuple[Text, ...], Field(min_length=1)] = part("What not to do.")
    laws: tuple[Id, ...] = part("Names of files in laws/.", ())


class Hotline(Strict):
    number: Annotated[str, StringConstraints(pattern=r"^\d{3,6}$")] = part("In quotes.")
    name: Text = part("What it is called.")
    purpose: Text = part("What it is for.")


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


def choices_of(model: type[BaseModel], field: str) -> tuple[str, ...]:
    """The words that may stand in this field of `model`, in their order."""
    wanted, waiting = list[str](), [model.model_fields[field].annotation]
    while waiting:
        part_of = waiting.pop(0)
        waiting = [*getattr(part_of, "__args__", ()), *waiting]
        wanted += [part_of] if isinstance(part_of, str) else []
    return tuple(wanted)
