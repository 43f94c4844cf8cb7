"""Pages of what can be learned without a question of one's own: red flags, wrong beliefs, terms, stories, quizzes."""

from collections.abc import Iterable

from bot.dialogue.pages import answer_button, button, labelled, source_lines, with_laws
from bot.replies import Button, Press, PressKind, Reply
from content.learning import Belief, CampaignMessage, QuizQuestion, RedFlag, Story, Term
from content.library import Library, plain_name
from content.schema import Language

_SIGNS_SHOWN = 3
_NAMES_SHOWN = 4
_LEVEL_MARKS = {"stop": "⛔", "check": "⚠️", "signal": "🔎"}
_ENDING_MARKS = {"safe": "✅", "late": "🧭", "harm": "⛔"}


def red_flag_page(library: Library, flag: RedFlag, language: Language) -> Reply:
    """A red flag: how adverts put it, why it is one, what comes of it, what to ask, what to do instead."""
    signs = "\n".join(f"· {sign.words[language]}" for sign in flag.signs[:_SIGNS_SHOWN])
    parts = [
        f"{library.text('flag_signs', language)}\n{signs}",
        flag.why[language],
        labelled(library, "flag_happens", language, flag.happens[language]),
        labelled(library, "flag_ask", language, flag.ask[language]),
        labelled(library, "flag_instead", language, flag.instead[language]),
    ]
    rows = [(Button(library.cases[case].title[language], Press(PressKind.ONE_CASE, case)),) for case in flag.cases[:1]]
    if flag.guide is not None:
        rows.append((button(library, "button_guide", language, Press(PressKind.GUIDE, flag.guide)),))
    rows.append((button(library, "button_all_flags", language, Press(PressKind.SHELF, "red_flags")),))
    headline = f"{_LEVEL_MARKS[flag.level]} {flag.name[language]}"
    page = Reply("\n\n".join(parts), headline=headline, buttons=tuple(rows), language=language)
    return with_laws(library, page, flag.laws, language)


def belief_page(library: Library, belief: Belief, language: Language, following: Press | None = None) -> Reply:
    """A wrong belief and what is true; `following` leads to the next one."""
    rows = [(answer_button(library, belief.topics[0], language),)]
    if belief.cases:
        rows.append((button(library, "button_case", language, Press(PressKind.ONE_CASE, belief.cases[0])),))
    if following is not None:
        rows.append((button(library, "button_next_belief", language, following),))
    quoted = f"“{belief.belief[language]}”" if language == "zh" else f'"{belief.belief[language]}"'
    page = Reply(
        headline=f"💭 {quoted}",
        body=f"{belief.truth[language]}\n\n{belief.why[language]}",
        footer="\n".join(source_lines(library, belief.sources, language)),
        buttons=tuple(rows),
        language=language,
    )
    return with_laws(library, page, belief.laws, language)


def term_page(library: Library, term: Term, language: Language) -> Reply:
    """What a word means, its other names, and where to read on."""
    other = term.term.en if language == "zh" else f"{term.term.zh} ({term.pinyin})"
    head = f"{term.term.zh} ({term.pinyin})" if language == "zh" else term.term.en
    names = [other]
    also = _different(term.also.zh if language == "zh" else term.also.en)
    if also:
        names.append(labelled(library, "term_also", language, ("、" if language == "zh" else ", ").join(also)))
    if term.misnomers:
        listed = ", ".join(f"“{name}”" if language == "zh" else f'"{name}"' for name in _different(term.misnomers))
        names.append(labelled(library, "term_misnomers", language, listed))
    page = Reply(
        headline=f"🔤 {head}",
        body="\n".join(names) + f"\n\n{term.meaning[language]}",
        buttons=((answer_button(library, term.topic, language),),),
        language=language,
    )
    return with_laws(library, page, term.laws, language)


def _different(names: Iterable[str]) -> list[str]:
    """The first few of `names` that are not just another spelling, or a part, of one before."""
    shown: list[str] = []
    for name in names:
        plain = plain_name(name).removesuffix("s")
        if not any(plain in plain_name(other) or plain_name(other) in plain for other in shown):
            shown.append(name)
    return shown[:_NAMES_SHOWN]


def scene_page(library: Library, story_id: str, story: Story, name: str, language: Language) -> Reply:
    """One scene of a story with its choices; an ending with its lesson, its law and a real case."""
    scene = story.scenes[name]
    body = scene.text[language]
    rows = [
        (Button(choice.label[language], Press(PressKind.SCENE, f"{story_id}.{choice.to}")),) for choice in scene.choices
    ]
    if scene.ending is not None and scene.lesson is not None and scene.case is not None:
        lesson = labelled(library, "case_lesson", language, scene.lesson[language])
        body += f"\n\n{_ENDING_MARKS[scene.ending]} {lesson}"
        rows.append((button(library, "button_case_like_this", language, Press(PressKind.ONE_CASE, scene.case)),))
        if scene.guide is not None:
            rows.append((button(library, "button_guide", language, Press(PressKind.GUIDE, scene.guide)),))
        again = Press(PressKind.SCENE, f"{story_id}.{story.start}")
        rows.append((button(library, "button_play_again", language, again),))
    headline = f"🎭 {story.title[language]}" if name == story.start else ""
    page = Reply(body, headline=headline, buttons=tuple(rows), language=language)
    return with_laws(library, page, scene.laws if scene.ending else (), language)


def quiz_page(library: Library, question: QuizQuestion, language: Language) -> Reply:
    """A quiz question with its options, the right one marked, and the explanation: for whoever checks it."""
    options = "\n".join(
        f"{'✓' if option.right else '·'} {option.zh if language == 'zh' else option.en}" for option in question.options
    )
    return Reply(
        headline=f"❓ {question.question[language]}",
        body=f"{options}\n\n{library.explanation(question, language)}",
        buttons=((answer_button(library, question.topic, language),),),
        language=language,
    )


def campaign_page(library: Library, message: CampaignMessage, language: Language) -> Reply:
    """A campaign message as a student receives it."""
    rows = tuple(
        (
            Button(
                one.label[language],
                Press(PressKind.ANSWER, one.answer)
                if one.answer is not None
                else Press(PressKind.GUIDE, str(one.guide)),
            ),
        )
        for one in message.buttons
    )
    return Reply(body=message.text[language], buttons=rows, language=language)
