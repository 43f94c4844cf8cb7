"""What a campaign is: a file, or what a counsellor put together in the chat. Checked before it is kept."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, ValidationError, model_validator

from bot.pictures import LARGEST_FILE, NotAPicture, PictureTooLarge, made_anew
from content.learning import CampaignMessage
from content.library import Library
from content.loading import translate
from content.problems import Problem
from content.reading import Document, Keys, read
from content.schema import LANGUAGES, LONGEST_LABEL, Id, Language, Strict, Text, part

LONGEST_ID = 40
LONGEST_TITLE = 80
LONGEST_TEXT = 3500  # UTF-16 units; Telegram takes 4096 with everything around it
LONGEST_CAPTION = 1024  # Bot API: sendPhoto.caption, after parsing
MOST_HELD_OUT = 50  # in a hundred

_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
_Few = Annotated[tuple[_Name, ...], Field(max_length=200)]


class Message(CampaignMessage):
    """One message: its text in both languages, buttons, questions, and a picture beside the file."""

    picture: str | None = part(
        "A picture's file name, beside the campaign file. The text then has 1024 characters.", None
    )


class AudienceRule(Strict):
    """Who gets it. What is left out does not narrow it: without `schools` it is everybody the author may reach."""

    schools: _Few = part("Names of schools.", ())
    classes: _Few = part("Names of classes.", ())
    tags: _Few = part("Tags that staff gave.", ())
    languages: tuple[Language, ...] = part("zh, en or both.", ())
    active_within_days: Annotated[int, Field(ge=1, le=3650)] | None = part("Wrote within so many days.", None)
    silent_for_days: Annotated[int, Field(ge=1, le=3650)] | None = part("Has not written for so many days.", None)
    told_of: tuple[Id, ...] = part("Was told of one of these laws within 180 days: for corrections.", ())


class Schedule(Strict):
    """When it begins. Without it: as soon as it is marked for sending."""

    at: datetime = part("Day and time, such as 2026-12-01 09:30, in the school's time zone.")


class Variant(Strict):
    """Other messages for a share of the recipients, to see which work better."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,20}$")] = part("A short name for the report.")
    share: Annotated[int, Field(ge=1, le=100)] = part("Its weight beside the others.", 1)
    messages: Annotated[tuple[Message, ...], Field(min_length=1, max_length=3)] = part("Sent in this order.")


class Definition(Strict):
    """A campaign as it is written down."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=LONGEST_ID)] = part(
        "Small letters, digits and hyphens, at most 40; new for each campaign."
    )
    title: Text = part("For staff; students do not see it.")
    template: Id | None = part("A file in content/campaigns/ whose messages are sent.", None)
    messages: Annotated[tuple[Message, ...], Field(max_length=3)] = part(
        "Sent in this order, instead of a template.", ()
    )
    variants: Annotated[tuple[Variant, ...], Field(max_length=4)] = part("Two to four, instead of `messages`.", ())
    audience: AudienceRule = part("Who gets it.", AudienceRule())
    schedule: Schedule | None = part("When it begins.", None)
    urgent: bool = part("Also in the quiet hours, and beside another campaign on the same day.", False)
    hold_out: Annotated[int, Field(ge=0, le=MOST_HELD_OUT)] = part(
        "So many in a hundred get the questions first and the messages a week later, to compare with.", 0
    )
    laws: tuple[Id, ...] = part("The articles that the texts rest on: names of files in laws/.", ())

    @model_validator(mode="after")
    def _one_text(self) -> "Definition":
        if sum(map(bool, (self.template, self.messages, self.variants))) != 1:
            raise ValueError("write `template`, `messages` or `variants`: one of them")
        if len(self.variants) == 1:
            raise ValueError("one variant is none: write `messages` instead")
        if len({one.name for one in self.variants}) != len(self.variants):
            raise ValueError("two variants have the same name")
        return self

    @property
    def texts(self) -> tuple[tuple[Message, ...], ...]:
        """The messages of each variant; of the only one when there are no variants."""
        return tuple(one.messages for one in self.variants) or (self.messages,)

    @property
    def shares(self) -> tuple[int, ...]:
        return tuple(one.share for one in self.variants) or (1,)

    @property
    def variant_names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.variants) or ("",)

    def starts_at(self, zone: ZoneInfo) -> datetime | None:
        """The moment at which it begins; None: at once."""
        if self.schedule is None:
            return None
        at = self.schedule.at
        return at if at.tzinfo is not None else at.replace(tzinfo=zone)

    def to_json(self) -> str:
        return self.model_dump_json()


@dataclass(frozen=True)
class Written:
    """A definition that is right, with its pictures: by variant and message, each a JPEG of our own."""

    definition: Definition
    pictures: dict[tuple[int, int], bytes]


class CampaignIsWrong(Exception):
    """At least one thing in a campaign is wrong; `problems` names them all, as file:line: what to change."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def from_json(text: str) -> Definition:
    """The definition that was stored."""
    return Definition.model_validate(json.loads(text))


def from_file(path: Path, library: Library) -> Written:
    """The campaign in `path`. Raises CampaignIsWrong with every mistake."""
    document = read(path)
    if isinstance(document, list):
        raise CampaignIsWrong(document)
    try:
        definition = Definition.model_validate(document.data)
    except ValidationError as error:
        raise CampaignIsWrong(sorted(translate(document, error))) from None
    written, problems = _completed(definition, document, library)
    if problems:
        raise CampaignIsWrong(sorted(problems))
    return written


def checked(definition: Definition, library: Library) -> Definition:
    """A definition put together in the chat, complete. Raises CampaignIsWrong."""
    written, problems = _completed(definition, Document(Path(definition.id), {}), library)
    if problems:
        raise CampaignIsWrong(sorted(problems))
    return written.definition


def _completed(definition: Definition, document: Document, library: Library) -> tuple[Written, list[Problem]]:
    problems = [*_references(definition, document, library)]
    if definition.template is not None:
        template = library.campaigns.get(definition.template)
        if template is None:
            there = ", ".join(library.campaigns)
            problem = document.problem(("template",), f"there is no template {definition.template!r}: {there}")
            return Written(definition, {}), [*problems, problem]
        messages = tuple(Message(**one.model_dump()) for one in template.messages)
        laws = tuple(dict.fromkeys((*definition.laws, *template.laws)))
        definition = definition.model_copy(update={"template": None, "messages": messages, "laws": laws})
    pictures: dict[tuple[int, int], bytes] = {}
    for variant, texts in enumerate(definition.texts):
        for number, message in enumerate(texts):
            keys: Keys = ("variants", variant, "messages", number) if definition.variants else ("messages", number)
            problems += _message(message, document, keys, library)
            if message.picture is not None:
                picture = _picture(document, (*keys, "picture"), message.picture)
                if isinstance(picture, Problem):
                    problems.append(picture)
                else:
                    pictures[variant, number] = picture
    for language in LANGUAGES:
        if len(definition.title[language]) > LONGEST_TITLE:
            problems.append(document.problem(("title", language), f"at most {LONGEST_TITLE} characters"))
    return Written(definition, pictures), problems


def _references(definition: Definition, document: Document, library: Library) -> Iterator[Problem]:
    for field, names in (("laws", definition.laws), ("audience.told_of", definition.audience.told_of)):
        for index, law in enumerate(names):
            if law not in library.laws:
                yield document.problem((*field.split("."), index), f"there is no law {law!r} in laws/")


def _message(message: Message, document: Document, keys: Keys, library: Library) -> Iterator[Problem]:
    longest = LONGEST_TEXT if message.picture is None else LONGEST_CAPTION
    for language in LANGUAGES:
        size = len(message.text[language].encode("utf-16-le")) // 2
        if size > longest:
            yield document.problem((*keys, "text", language), f"has {size} characters; Telegram takes {longest} here")
    for index, button in enumerate(message.buttons):
        at = (*keys, "buttons", index)
        for language in LANGUAGES:
            if len(button.label[language]) > LONGEST_LABEL:
                yield document.problem((*at, "label", language), f"at most {LONGEST_LABEL} characters on a button")
        if button.answer is not None and library.find_answer(button.answer) is None:
            yield document.problem((*at, "answer"), f"there is no answer {button.answer!r}")
        if button.guide is not None and button.guide not in library.guides:
            yield document.problem((*at, "guide"), f"there is no guide {button.guide!r}")
    for index, question in enumerate(message.quiz):
        if question not in library.quizzes:
            yield document.problem((*keys, "quiz", index), f"there is no quiz question {question!r}")


def _picture(document: Document, keys: Keys, name: str) -> bytes | Problem:
    folder = document.path.parent.resolve()
    path = (folder / name).resolve()
    if path.parent != folder:
        return document.problem(keys, "the picture must lie beside the campaign file")
    try:
        if not path.is_file():
            return document.problem(keys, f"there is no picture {name!r} beside the file")
        if path.stat().st_size > LARGEST_FILE:
            return document.problem(keys, "the picture is larger than 10 MB")
        return made_anew(path.read_bytes())
    except (NotAPicture, PictureTooLarge, OSError):
        return document.problem(keys, f"{name!r} is no picture that can be read (JPEG, PNG, WebP, GIF, BMP)")
