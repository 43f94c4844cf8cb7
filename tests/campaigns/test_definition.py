"""A campaign file: everything that is wrong with it is named, at its line."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.campaigns.definition import CampaignIsWrong, Written, from_file, from_json
from bot.campaigns.pages import pin, pressed, steps
from bot.replies import PressKind
from content.library import Library
from tests.campaigns.conftest import TEXT

Make = Callable[..., Written]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id: Bad Id\ntitle: {zh: 测, en: T}\ntemplate: term-start\n", "1: id"),
        ("id: a\ntitle: {zh: 测}\ntemplate: term-start\n", "title.en: is missing"),
        ("id: a\ntitle: {zh: 测, en: T}\n", "one of them"),
        ("id: a\ntitle: {zh: 测, en: T}\ntemplate: nothing\n", "3: template: there is no template 'nothing'"),
        ("id: a\ntitle: {zh: 测, en: T}\ntemplate: term-start\nlaws: [no-law]\n", "4: laws.0: there is no law"),
        ("id: a\ntitle: {zh: 测, en: T}\ntemplate: term-start\nurgnt: true\n", "urgnt: is not a known field"),
        ("id: a\ntitle: {zh: 测, en: T}\ntemplate: term-start\nhold_out: 90\n", "hold_out"),
        ("id: a\ntitle: {zh: 测, en: T}\ntemplate: term-start\nschedule: {at: soon}\n", "schedule.at"),
        (
            "id: a\ntitle: {zh: 测, en: T}\nmessages:\n  - text: {zh: 好, en: ok}\n    quiz: [none]\n",
            "messages.0.quiz.0: there is no quiz question 'none'",
        ),
        (
            "id: a\ntitle: {zh: 测, en: T}\nmessages:\n  - text: {zh: 好, en: ok}\n    picture: ../secret.jpg\n",
            "must lie beside",
        ),
        (
            "id: a\ntitle: {zh: 测, en: T}\nmessages:\n  - text: {zh: 好, en: ok}\n"
            "    buttons: [{label: {zh: 去, en: go}, answer: nowhere}]\n",
            "there is no answer 'nowhere'",
        ),
        (
            "id: a\ntitle: {zh: 测, en: T}\nmessages:\n  - text: {zh: " + "长" * 4000 + ", en: ok}\n",
            "Telegram takes 3500",
        ),
    ],
)
def test_mistakes(tmp_path: Path, library: Library, text: str, says: str) -> None:
    path = tmp_path / "campaign.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CampaignIsWrong) as found:
        from_file(path, library)
    assert says in str(found.value)


@pytest.mark.parametrize("template", ["term-start", "before-holidays"])
def test_a_template(tmp_path: Path, library: Library, template: str) -> None:
    path = tmp_path / "campaign.yml"
    path.write_text(f"id: a\ntitle: {{zh: 测, en: T}}\ntemplate: {template}\n", encoding="utf-8")
    definition = from_file(path, library).definition
    assert definition.laws == library.campaigns[template].laws
    assert from_json(definition.to_json()) == definition
    sent = steps(library, definition, 7, 0, "zh", held_out=False)
    assert sent[0].reply.text.startswith(library.campaigns[template].messages[0].text.zh[:10])
    assert sent[-1].question
    assert steps(library, definition, 7, 0, "zh", held_out=True)[0].question


def test_every_button_leads_where_its_template_says(library: Library, tmp_path: Path) -> None:
    for name, template in library.campaigns.items():
        path = tmp_path / "campaign.yml"
        path.write_text(f"id: a\ntitle: {{zh: 测, en: T}}\ntemplate: {name}\n", encoding="utf-8")
        definition = from_file(path, library).definition
        for place, message in enumerate(template.messages):
            for number, button in enumerate(message.buttons):
                press = pressed(definition, f"0.{place}.{number}")
                assert press is not None
                assert press.subject == (button.answer or button.guide)
    assert pressed(definition, "0.0.99") is None
    assert pressed(definition, "9.0.0") is None
    assert pressed(definition, "0.-1.0") is None
    assert pressed(definition, "x") is None


def test_the_pin_holds_text_pictures_and_audience(library: Library, written: Make) -> None:
    one = written("one").definition
    same = written("one").definition

    def pinned(more: str, text: str = TEXT) -> str:
        return pin(library, written("one", more, text).definition, {})

    assert pin(library, one, {}) == pin(library, same, {})
    pins = {
        pinned("urgent: true"),
        pinned("urgent: false"),
        pinned("urgent: true\naudience: {classes: [一班]}"),
        pinned("urgent: true\nhold_out: 10"),
        pinned("urgent: true", TEXT.replace("别把卡借给别人", "别把卡租给别人")),
        pinned("urgent: true", TEXT.replace("ask_how_to_refuse.friend", "ask_penalty")),
        pin(library, one, {(0, 0): b"picture"}),
    }
    assert len(pins) == 7
    assert pinned("urgent: true\nschedule: {at: 2027-01-01 09:00}") == pinned("urgent: true"), "the time is no text"


def test_the_time_is_the_schools(written: Make) -> None:
    definition = written("one", "schedule: {at: 2026-12-01 09:30}").definition
    assert definition.starts_at(ZoneInfo("Asia/Shanghai")) == datetime(2026, 12, 1, 1, 30, tzinfo=UTC)


def test_buttons_carry_the_campaign(library: Library, written: Make) -> None:
    (step,) = steps(library, written("one").definition, 12, 0, "en", held_out=False)
    press = step.reply.buttons[0][0].press
    assert (press.kind, press.subject) == (PressKind.CAMPAIGN, "12.0.0.0")
