"""Make replies from content: an answer, a law, a case, a guide, the menu."""

from collections.abc import Iterable
from dataclasses import replace

from bot.replies import Button, Press, PressKind, Reference, Reply
from content.library import Library
from content.schema import LONGEST_MESSAGE, Answer, Case, Guide, Language, Law, Source, Verdict, Verified

MARKS = {Verdict.UNLAWFUL: "⛔", Verdict.RISKY: "⚠️", Verdict.FINE: "✅", Verdict.INFO: "ℹ️", Verdict.CARE: "💛"}
_CHOICES = 3
HELPFUL, UNHELPFUL = 1, 2
TALK = "talk_to_counsellor"
SOMETHING_ELSE = "something_else"
# Nobody in despair is asked for marks.
_NOT_RATED = ("distress", TALK)
_ABOUT_JOBS = ("check_job", "ask_find_safe_job")

Rows = tuple[tuple[Button, ...], ...]


def answer_page(library: Library, intent: str, answer: Answer, language: Language) -> Reply:
    """The answer as a student reads it: verdict, why, what to do, law, and the buttons to go on."""
    body = f"{answer.why[language]}\n\n{library.text('what_to_do', language)}\n{answer.do[language]}"
    page = Reply(
        headline=f"{MARKS[answer.verdict]} {answer.headline[language]}",
        body=body,
        footer=_below(library, answer, language),
        buttons=_answer_buttons(library, intent, answer, language),
        language=language,
        intent=intent,
    )
    return with_laws(library, page, answer.laws, language)


def with_laws(library: Library, page: Reply, laws: Iterable[str], language: Language) -> Reply:
    """The page with the articles it rests on named at its end; as it is when it rests on none."""
    references = law_references(library, laws, language)
    label = labelled(library, "law_label", language, "") if references else ""
    return replace(page, references_label=label, references=references)


def law_references(library: Library, laws: Iterable[str], language: Language) -> tuple[Reference, ...]:
    """The articles, those of one law together; its name is said once: «Art. 31 · Art. 44»."""
    ordered = sorted(laws, key=lambda law: _first_of_same_law(library, list(laws), law))
    references = []
    before = ""
    for law in ordered:
        name, article = _name_and_article(library.laws[law], language)
        references.append(Reference(article if name and name == before else name + article, Press(PressKind.LAW, law)))
        before = name
    return tuple(references)


def _name_and_article(law: Law, language: Language) -> tuple[str, str]:
    """«刑法» and «第312条»; a document without numbered articles has no name before them."""
    label = law.short[language]
    at = max(label.find("第" if language == "zh" else "Art"), 0)
    return label[:at], label[at:]


def _first_of_same_law(library: Library, laws: list[str], law: str) -> int:
    return next(i for i, other in enumerate(laws) if library.laws[other].law == library.laws[law].law)


def _below(library: Library, answer: Answer, language: Language) -> str:
    lines = []
    if answer.hotlines:
        lines.append(hotline_line(library, answer.hotlines, language))
    lines += source_lines(library, answer.sources, language)
    return "\n".join(lines)


def source_lines(library: Library, sources: Iterable[Source], language: Language) -> list[str]:
    return [
        labelled(library, "source_label", language, f"{source.name[language]} ({source.date})") for source in sources
    ]


def labelled(library: Library, key: str, language: Language, text: str) -> str:
    """`text` after the interface sentence `key`; an English colon is followed by a space, a Chinese one is not."""
    return library.text(key, language) + (" " if language == "en" else "") + text


def hotline_line(library: Library, numbers: Iterable[str], language: Language) -> str:
    return "📞 " + " · ".join(f"{number} {library.hotlines[number].name[language]}" for number in numbers)


def _answer_buttons(library: Library, intent: str, answer: Answer, language: Language) -> Rows:
    reference = f"{intent}.{answer.id}"
    first, second = [], []
    if answer.laws:
        first.append(button(library, "button_law", language, Press(PressKind.LAWS, reference)))
    if answer.cases:
        first.append(button(library, "button_case", language, Press(PressKind.CASE, reference)))
    if library.beliefs_about(intent, answer.id):
        first.append(button(library, "button_belief", language, Press(PressKind.BELIEFS, reference)))
    if answer.guide:
        # Whoever has already done something is led step by step; for the others one page is enough.
        kind = PressKind.STEP if intent.startswith("report_") else PressKind.GUIDE
        second.append(button(library, "button_guide", language, Press(kind, answer.guide)))
    if intent != TALK:
        second.append(talk_button(library, language))
    related = [answer_button(library, reference, language) for reference in answer.related]
    if intent in _ABOUT_JOBS:
        related.append(button(library, "button_all_flags", language, Press(PressKind.SHELF, "red_flags")))
    rating = () if intent in _NOT_RATED else rating_row(reference)
    return tuple(tuple(row) for row in (first, second, *([button] for button in related), rating) if row)


def rating_row(reference: str) -> tuple[Button, ...]:
    """👍 and 👎 under an answer."""
    return (
        Button("👍", Press(PressKind.HELPFUL, reference, HELPFUL)),
        Button("👎", Press(PressKind.HELPFUL, reference, UNHELPFUL)),
    )


def talk_button(library: Library, language: Language) -> Button:
    return button(library, "button_talk", language, Press(PressKind.ANSWER, TALK))


def button(library: Library, key: str, language: Language, press: Press) -> Button:
    """A button labelled with the interface sentence `key`."""
    return Button(library.text(key, language), press)


def answer_button(library: Library, reference: str, language: Language) -> Button:
    """A button that leads to another answer, labelled with its name. Raises KeyError for a dead reference."""
    found = library.find_answer(reference)
    if found is None:
        raise KeyError(reference)
    intent, answer = found
    label = answer.name[language] if "." in reference else library.topics[intent].title[language]
    return Button(label, Press(PressKind.ANSWER, reference))


def laws_page(library: Library, reference: str, answer: Answer, shown: int, language: Language) -> Reply:
    """One of the laws an answer rests on, and buttons for the others."""
    shown = shown if shown < len(answer.laws) else 0
    others = [
        Button(f"📖 {library.laws[law].short[language]}", Press(PressKind.LAWS, reference, index))
        for index, law in enumerate(answer.laws)
        if index != shown
    ]
    return law_page(library, library.laws[answer.laws[shown]], language, tuple((button,) for button in others))


def law_page(library: Library, law: Law, language: Language, buttons: Rows = ()) -> Reply:
    """An article: what it means, its words and how exact they are, its dates and source."""
    verbatim = law.wording == "verbatim"
    kind = ("wording_verbatim" if language == "zh" else "wording_translation") if verbatim else "wording_paraphrase"
    parts = [
        f"{law.subject[language]}\n{law.plain[language]}",
        f"{library.text(kind, language)}\n{law.words[language]}",
        _dates(library, law, language),
    ]
    _, article = _name_and_article(law, language)
    return Reply(
        headline=f"📖 {law.law[language]} · {article}",
        body="\n\n".join(parts),
        buttons=buttons,
        language=language,
    )


def _dates(library: Library, law: Law, language: Language) -> str:
    lines = []
    if law.in_force:
        lines.append(library.text("law_in_force", language, date=law.in_force))
    if law.amended:
        lines.append(library.text("law_amended", language, date=law.amended))
    checked = "law_checked" if law.verified is Verified.FULL_TEXT else "law_released"
    lines.append(library.text(checked, language, date=law.text_as_of))
    lines.append(labelled(library, "issuer_label", language, law.issuer[language]))
    lines.append(labelled(library, "source_label", language, law.source[language]))
    return "\n".join(lines)


def case_page(library: Library, reference: str, answer: Answer, shown: int, language: Language) -> Reply:
    """One of an answer's cases, and a button for the next one when there are more."""
    shown %= len(answer.cases)
    page = one_case_page(library, library.cases[answer.cases[shown]], language)
    if len(answer.cases) == 1:
        return page
    following = Press(PressKind.CASE, reference, (shown + 1) % len(answer.cases))
    return replace(page, buttons=((button(library, "button_next_case", language, following),),))


def one_case_page(library: Library, case: Case, language: Language) -> Reply:
    """A case: who, what, how it ended, what to remember, who published it."""
    date = f" ({case.published})" if case.published else ""
    body = "\n\n".join(
        [
            f"{case.who[language]}\n{case.facts[language]}",
            labelled(library, "case_outcome", language, f"{case.charge[language]}\n{case.outcome[language]}"),
            labelled(library, "case_lesson", language, case.lesson[language]),
            labelled(library, "issuer_label", language, f"{case.issuer[language]}{date}")
            + "\n"
            + labelled(library, "source_label", language, case.source[language]),
        ]
    )
    return Reply(headline=f"🧑‍⚖️ {case.title[language]}", body=body, language=language)


def guide_pages(library: Library, guide: Guide, language: Language) -> tuple[Reply, ...]:
    """What to do now, all steps at once: in as many messages as keep each of them short."""
    steps = []
    for number, step in enumerate(guide.steps, 1):
        line = f"{number}. {step.do[language]}"
        if step.call:
            line += "\n   " + hotline_line(library, step.call, language)
        steps.append(line)
    avoid = "\n".join(f"✗ {text[language]}" for text in guide.avoid)
    parts = [f"{guide.urgent[language]}\n", *steps, f"\n{library.text('avoid_label', language)}\n{avoid}"]
    headline = f"🧭 {guide.title[language]}"
    last = with_laws(
        library, Reply("", buttons=((talk_button(library, language),),), language=language), guide.laws, language
    )
    room = LONGEST_MESSAGE - max(len(headline), len(last.references_line)) - 4
    bodies = _packed(parts, room)
    replies = [Reply(body=body, language=language) for body in bodies[:-1]] + [replace(last, body=bodies[-1])]
    return (replace(replies[0], headline=headline), *replies[1:])


def _packed(parts: Iterable[str], room: int) -> list[str]:
    """`parts`, one a line, in as few texts as keep each within `room` (a part that is longer stands alone)."""
    bodies: list[str] = []
    for part in parts:
        if bodies and len(bodies[-1]) + 1 + len(part) <= room:
            bodies[-1] += f"\n{part}"
        else:
            bodies.append(part.strip("\n"))
    return bodies


def menu_buttons(library: Library, language: Language) -> Rows:
    """What students ask most."""
    return tuple((answer_button(library, reference, language),) for reference in library.menu)


def menu_page(library: Library, key: str, language: Language, intent: str = "") -> Reply:
    """The interface sentence `key` above the menu."""
    return Reply(library.text(key, language), buttons=menu_buttons(library, language), language=language, intent=intent)


def candidates_page(library: Library, key: str, ranking: Iterable[str], language: Language, intent: str) -> Reply:
    """«Did you mean …»: the three likeliest meanings that have an answer, in plain words, and «something else».

    Small talk is no meaning to choose; what students ask most takes its place.
    """
    likely = [name for name in ranking if name in library.topics][:_CHOICES]
    likely += [name for name in library.menu if name in library.topics and name not in likely][: _CHOICES - len(likely)]
    rows = [(Button(library.topics[name].title[language], Press(PressKind.MEANT, name)),) for name in likely]
    rows.append((button(library, "button_something_else", language, Press(PressKind.MENU, SOMETHING_ELSE)),))
    return Reply(library.text(key, language), buttons=tuple(rows), language=language, intent=intent)
