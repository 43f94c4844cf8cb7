"""The page of an evaluation: whole, of itself alone, and harmless whatever the sentences say."""

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.cli.main import run_command
from nlu import evaluation as evaluation_module
from nlu import training
from nlu.charts import confusion_matrix, reliability_diagram
from nlu.comparison import compare
from nlu.evaluation import Answer, Question, figures
from nlu.figures import calibration_bins
from nlu.interpreter import Parse, Ranked
from nlu.report import Measurement
from nlu.report_html import as_html, write_report
from nlu.training import Model

HOSTILE = '</title></td><script>alert(1)</script><img src=x onerror="alert(2)">&amp;\u202e'
WITHOUT_END = {"meta", "img", "br", "link", "input"}


def answer(text: str, wanted: str, decided: str, confidence: float = 0.9) -> Answer:
    question = Question(text, wanted, frozenset({wanted}), None)
    return question, Parse(text, "en", decided, confidence, (Ranked(decided, confidence),), ())


def measured(answers: list[Answer], then: list[Answer] | None = None, model: str = "cardwise-1") -> Measurement:
    compared = compare("cardwise-0", then, answers) if then else None
    return Measurement(figures(answers), model, "questions.jsonl", datetime(2026, 11, 25, 9, 30, tzinfo=UTC), compared)


class Page(HTMLParser):
    """What a browser would see. Fails on a tag that is not closed in its place."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in WITHOUT_END:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_needs_nothing_from_elsewhere() -> None:
    html = as_html(measured([answer("hi", "greet", "greet"), answer("bye", "goodbye", "thanks")]))
    page = Page(html)
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed"}
    assert all(
        value and value.startswith("#") for _, attrs in page.tags for key, value in attrs.items() if key == "href"
    )
    assert "url(" not in html
    assert "@import" not in html
    assert re.findall(r"https?://", html) == []
    assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in page.tags
    assert "prefers-color-scheme: dark" in html


def test_the_page_says_what_was_measured() -> None:
    text = Page(as_html(measured([answer("hi", "greet", "greet"), answer("bye", "goodbye", "thanks")]))).text
    assert "cardwise-1" in text
    assert "2 from questions.jsonl" in text
    assert "2026-11-25 09:30 UTC" in text
    assert "50.0%95%: 9.5% to 90.5%1 of 2" in text
    assert "wanted goodbye, decided thanks: 1 of 1 (100.0%)" in text


def test_every_link_leads_somewhere() -> None:
    page = Page(as_html(measured([answer("hi", "greet", "greet")])))
    places = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
    links = {str(attrs["href"]).removeprefix("#") for tag, attrs in page.tags if tag == "a"}
    assert links <= places
    assert len(links) == 7


def test_hostile_sentences_labels_and_names_are_only_text() -> None:
    answers = [
        answer(HOSTILE, "greet", "thanks"),
        answer(HOSTILE, "distress", "thanks"),
        answer("x", HOSTILE, "greet"),
        answer("x", "out_of_scope", f"{HOSTILE}2"),
    ]
    html = as_html(measured(answers, [answer(one[0].text, one[0].intent, one[0].intent) for one in answers], HOSTILE))
    page = Page(html)
    assert not {tag for tag, _ in page.tags} & {"script", "img"}
    assert not {key for _, attrs in page.tags for key in attrs if key.startswith("on")}
    # Model in title, header and comparison; sentences in the lists; labels in matrix, tables and lists.
    assert page.text.count(HOSTILE) > 10
    assert "<script" not in html


def test_only_what_occurs_is_drawn_in_the_groups_of_the_domain() -> None:
    groups = [("first", ["a", "b", "never"]), ("second", ["c"]), ("unsure", ["nlu_fallback"])]
    counts = {("a", "a"): 3, ("a", "nlu_fallback"): 1, ("b", "c"): 2}
    html = confusion_matrix(counts, groups)
    page = Page(html)
    assert re.findall(r"wanted (\w+), decided (\w+): (\d+) of (\d+) \(([\d.]+)%\)", page.text) == [
        ("a", "a", "3", "4", "75.0"),
        ("a", "nlu_fallback", "1", "4", "25.0"),
        ("b", "c", "2", "2", "100.0"),
    ]
    assert "never" not in page.text
    columns, rows = re.findall(r'<svg class="(?:columns|rows)".*?</svg>', html)
    assert re.findall(r'class="heading"[^>]*>(\w+)<', columns) == ["first", "second", "unsure"]
    assert re.findall(r'class="heading"[^>]*>(\w+)<', rows) == ["first"]
    opacities = [float(value) for value in re.findall(r'fill-opacity="([\d.]+)"', html)]
    assert opacities[0] > opacities[1]
    assert opacities[2] == 1.0


def test_the_reliability_diagram_draws_each_bin_that_has_answers() -> None:
    svg = reliability_diagram(calibration_bins([0.25, 0.95, 0.95], [True, True, False]))
    assert svg.count('class="point"') == 2
    assert svg.count('class="size"') == 10
    assert "confidence 25.0% on average, accuracy 100.0% (20.7% to 100.0%), 1 questions" in svg
    # In a square of 294 that begins at 46 and 12: 0.95 to the right, half way up.
    assert 'cx="325.3" cy="159.0"' in svg
    empty = reliability_diagram(calibration_bins([], []))
    assert 'class="point"' not in empty
    Page(empty)


def test_what_cannot_be_counted_is_a_dash() -> None:
    text = Page(as_html(measured([answer("hi", "greet", "greet")]))).text
    assert text.count("–nothing to count") == 3  # off topic, unsafe, entities
    assert "No question says which entities it holds." in text


def test_a_lone_surrogate_can_be_written(tmp_path: Path) -> None:
    page = write_report(tmp_path, measured([answer("\ud83d", "greet", "thanks")]), json.dumps({"text": "\ud83d"}))
    assert "\\ud83d" in page.read_text(encoding="utf-8")
    assert json.loads((tmp_path / "evaluation.json").read_text(encoding="utf-8")) == {"text": "\ud83d"}


@pytest.fixture
def _small(small_model: Model, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The command line with the small model as today's."""
    monkeypatch.setattr(training, "ensure_model", lambda *_, **__: small_model)
    monkeypatch.setenv("CARDWISE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_small")
def test_the_command_writes_a_page_and_the_same_json(
    small_model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [{"text": "你好", "intent": "greet"}, {"text": "<b>帮信罪判几年</b>", "intent": "out_of_scope"}]
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert run_command(["evaluate", "q.jsonl", "--json", "--report", "new/report"]) == 0
    out, err = capsys.readouterr()
    assert "written: new/report/index.html" in err
    written = (tmp_path / "new" / "report" / "evaluation.json").read_text(encoding="utf-8")
    assert written == out
    shown = json.loads(out)
    assert (shown["model"], shown["file"], shown["questions"]) == (small_model.name, "q.jsonl", 2)
    assert datetime.fromisoformat(shown["when"]).tzinfo is not None
    html = (tmp_path / "new" / "report" / "index.html").read_text(encoding="utf-8")
    assert small_model.name in Page(html).text
    assert "&lt;b&gt;帮信罪判几年" in html


@pytest.mark.usefixtures("_small")
def test_cross_validation_has_a_page_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(evaluation_module, "cross_validate", lambda progress: figures([answer("hi", "greet", "greet")]))
    assert run_command(["evaluate", "--report", "report"]) == 0
    assert "1 questions" in capsys.readouterr().out
    assert "by cross-validation" in (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    shown = json.loads((tmp_path / "report" / "evaluation.json").read_text(encoding="utf-8"))
    assert shown["file"] is None
    assert shown["model"] == training.model_name()
