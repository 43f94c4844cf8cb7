"""Guided help: the urgent step first, then one step at a time, to be left and taken up again.

Where a student is stands in the buttons of the messages they have, so that nothing about it needs to be stored for
longer than the conversation; nothing they type meanwhile is kept.
"""

import re
from dataclasses import replace

from bot.dialogue.pages import button, hotline_line, talk_button, with_laws
from bot.replies import Button, Press, PressKind, Reply
from content.library import Library
from content.schema import LONGEST_MESSAGE, Guide, Language

_DONE = re.compile(
    r"(?:我)?(?:都|已经)?(?:好|做好|弄好|办好|做完|弄完|办完|完成|搞定|打完|打过|去过|改完|改好)(?:了|啦)+|下一步|继续|然后呢|接下来呢?|下一个"
    r"|(?:all )?done|next(?: step| one)?|finished|did (?:it|that)|go on|continue|what'?s next|then what"
)
_MARKS = re.compile(r"[^\w']+")

Rows = tuple[tuple[Button, ...], ...]


def says_done(text: str) -> bool:
    """Whether `text` says that a step is done, or asks for the next."""
    return bool(_DONE.fullmatch(_MARKS.sub(" ", text.casefold()).strip()))


def begin_page(library: Library, guide_id: str, language: Language) -> Reply:
    """The one thing to do at once, the first step, and the way into the others."""
    guide = library.guides[guide_id]
    first = guide.steps[0]
    parts = [f"❗ {guide.urgent[language]}", f"1. {first.do[language]}"]
    if first.call:
        parts.append(hotline_line(library, first.call, language))
    parts.append(library.text("guide_steps", language, count=len(guide.steps) - 1))
    rows: Rows = (
        (button(library, "button_step_done", language, Press(PressKind.STEP, guide_id, 2)),),
        (
            button(library, "button_whole_guide", language, Press(PressKind.GUIDE, guide_id)),
            button(library, "button_later", language, Press(PressKind.LATER, guide_id, 1)),
        ),
        (talk_button(library, language),),
    )
    return Reply(headline=f"🧭 {guide.title[language]}", body="\n\n".join(parts), buttons=rows, language=language)


def step_page(library: Library, guide_id: str, number: int, language: Language) -> Reply | None:
    """Step `number` (from 1 on); the one after the last says who can help. None when there is no such step."""
    guide = library.guides.get(guide_id)
    if guide is None or not 0 <= number <= len(guide.steps) + 1:
        return None
    if number <= 1:
        return begin_page(library, guide_id, language)
    if number > len(guide.steps):
        return _end_page(library, guide_id, guide, language)
    step = guide.steps[number - 1]
    body = step.do[language]
    if step.call:
        body += f"\n\n{hotline_line(library, step.call, language)}"
    done = button(library, "button_step_done", language, Press(PressKind.STEP, guide_id, number + 1))
    back = button(library, "button_back", language, Press(PressKind.STEP, guide_id, number - 1))
    later = button(library, "button_later", language, Press(PressKind.LATER, guide_id, number))
    return Reply(
        headline=f"🧭 {library.text('guide_step', language, number=number, count=len(guide.steps))}",
        body=body,
        buttons=((done,), (back, later), (talk_button(library, language),)),
        language=language,
    )


def later_page(library: Library, guide_id: str, number: int, language: Language) -> Reply | None:
    """Left for now, with the way back to the same step."""
    guide = library.guides.get(guide_id)
    if guide is None or not 1 <= number <= len(guide.steps):
        return None
    label = library.text("button_go_on", language, number=number)
    rows = ((Button(label, Press(PressKind.STEP, guide_id, number)),), (talk_button(library, language),))
    return Reply(library.text("guide_left", language), buttons=rows, language=language)


def _end_page(library: Library, guide_id: str, guide: Guide, language: Language) -> Reply:
    """All steps done: what not to do from now on, and who can help; what each is for, if there is room."""
    numbers = list(dict.fromkeys(number for step in guide.steps for number in step.call))
    purposes = "\n".join(
        f"📞 {number} {library.hotlines[number].name[language]}: {library.hotlines[number].purpose[language]}"
        for number in numbers
    )
    avoid = "\n".join(f"✗ {text[language]}" for text in guide.avoid)
    above = f"{library.text('guide_end', language)}\n\n{library.text('avoid_label', language)}\n{avoid}"
    back = button(library, "button_back", language, Press(PressKind.STEP, guide_id, len(guide.steps)))
    page = Reply(
        above,
        headline=f"🧭 {guide.title[language]}",
        buttons=((talk_button(library, language),), (back,)),
        language=language,
    )
    page = with_laws(library, page, guide.laws, language)
    if not numbers:
        return page
    whole = replace(page, body=f"{above}\n\n{purposes}")
    if len(whole.text) <= LONGEST_MESSAGE:
        return whole
    return replace(page, body=f"{above}\n\n{hotline_line(library, numbers, language)}")
