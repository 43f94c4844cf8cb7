"""What a student reads about an advert: what it asks for in its own words, what would come of it, what to ask."""

from dataclasses import replace

from bot.adverts.check import NO_EMPLOYER, Finding, Verdict
from bot.dialogue.pages import answer_button, button, labelled, talk_button, with_laws
from bot.replies import Button, Press, PressKind, Reply
from content.library import Library
from content.schema import LONGEST_MESSAGE, Language
from nlu.adverts.model import SOFT

CHECK_JOB = "check_job"
_SHOWN = 3  # flags told of in full; the others are named
_LONGEST_QUOTE = 60
_MARKS = {"stop": "⛔", "check": "⚠️", "signal": "🔎"}


def advert_page(library: Library, verdict: Verdict, language: Language) -> Reply:
    """The answer to an advert: a finding, a suspicion, or what was looked for and not found."""
    if verdict.suspicion:
        page = _suspicion(library, verdict, language)
    elif verdict.risky:
        page = _risky(library, verdict, language)
    else:
        page = _nothing_found(library, verdict, language)
    if verdict.links:
        named = "\n".join(f"🔗 {link[:80]}" for link in verdict.links[:3])
        page = replace(page, footer=f"{page.footer}\n\n{library.text('advert_links', language)}\n{named}".strip())
    return _short_enough(page)


def _risky(library: Library, verdict: Verdict, language: Language) -> Reply:
    hard = [finding for finding in verdict.findings if finding.flag not in SOFT]
    soft = [finding for finding in verdict.findings if finding.flag in SOFT]
    worst = library.red_flags[hard[0].flag]
    told = [_told(library, finding, language) for finding in hard[:_SHOWN]]
    also = [library.red_flags[finding.flag].name[language] for finding in (*hard[_SHOWN:], *soft)]
    parts = [
        "\n".join(told),
        labelled(library, "advert_also", language, _and(also, language)) if also else "",
        labelled(library, "flag_happens", language, worst.happens[language]),
        labelled(library, "flag_ask", language, worst.ask[language]),
        labelled(library, "flag_instead", language, worst.instead[language]),
    ]
    stop = any(library.red_flags[finding.flag].level == "stop" for finding in hard)
    page = Reply(
        "\n\n".join(filter(None, parts)),
        headline=library.text("advert_stop" if stop else "advert_check", language),
        buttons=_buttons(library, [finding.flag for finding in verdict.findings], worst.guide, language),
        language=language,
        intent=CHECK_JOB,
    )
    return with_laws(library, page, worst.laws, language)


def _suspicion(library: Library, verdict: Verdict, language: Language) -> Reply:
    told = [_told(library, finding, language) for finding in verdict.findings]
    body = "\n\n".join(
        [library.text("advert_suspicion_why", language), "\n".join(told), _how_to_check(library, language)]
    )
    return Reply(
        body,
        headline=library.text("advert_suspicion", language),
        buttons=_buttons(library, list(verdict.flags), None, language),
        language=language,
        intent=CHECK_JOB,
    )


def _nothing_found(library: Library, verdict: Verdict, language: Language) -> Reply:
    """Never «safe»: what was looked for, what is still open, and how to look the employer up."""
    told = [_told(library, finding, language) for finding in verdict.findings]
    noticed = f"{library.text('advert_noticed', language)}\n" + "\n".join(told) if told else ""
    parts = [library.text("advert_looked_for", language), noticed, _how_to_check(library, language)]
    return Reply(
        "\n\n".join(filter(None, parts)),
        headline=library.text("advert_nothing", language),
        buttons=_buttons(library, list(verdict.flags), None, language),
        language=language,
        intent=CHECK_JOB,
    )


def _how_to_check(library: Library, language: Language) -> str:
    return library.text("advert_how_to_check", language)


def _told(library: Library, finding: Finding, language: Language) -> str:
    """A flag with the advert's own words for it."""
    flag = library.red_flags[finding.flag]
    mark = _MARKS[flag.level]
    if finding.flag == NO_EMPLOYER or not finding.quote.strip():
        return f"{mark} {flag.name[language]}"
    quote = " ".join(finding.quote.split())
    quote = quote if len(quote) <= _LONGEST_QUOTE else f"{quote[: _LONGEST_QUOTE - 1]}…"
    quoted = f"「{quote}」" if language == "zh" else f'"{quote}"'
    return f"{mark} {quoted} {flag.name[language]}" if language == "en" else f"{mark} {quoted}：{flag.name[language]}"


def _and(names: list[str], language: Language) -> str:
    return "、".join(names) if language == "zh" else ", ".join(names)


def _buttons(
    library: Library, flags: list[str], guide: str | None, language: Language
) -> tuple[tuple[Button, ...], ...]:
    rows = [
        (Button(f"🚩 {library.red_flags[flag].name[language]}", Press(PressKind.RED_FLAG, flag)),)
        for flag in flags[:_SHOWN]
    ]
    last = [answer_button(library, "ask_find_safe_job", language), talk_button(library, language)]
    if guide is not None:
        rows.append((button(library, "button_guide", language, Press(PressKind.GUIDE, guide)),))
    return (*rows, tuple(last))


def _short_enough(page: Reply) -> Reply:
    """The page within the length of a message: its last paragraphs are left to the buttons when they do not fit."""
    paragraphs = page.body.split("\n\n")
    while len(page.text) > LONGEST_MESSAGE and len(paragraphs) > 1:
        paragraphs.pop(-1 if len(paragraphs) < 4 else -2)
        page = replace(page, body="\n\n".join(paragraphs))
    return page
