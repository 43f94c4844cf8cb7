"""The terminal chat: numbers press buttons, JSON lines go in and out, a bad line stops nothing."""

import io
import json

from bot.console.chat import Chat, as_json_line, json_lines, piped
from bot.replies import Button, Press, PressKind, Reply
from bot.turns import Kind, Turn

SEEN: list[Turn] = []


async def answer(turn: Turn) -> tuple[Reply, ...]:
    SEEN.append(turn)
    if turn.kind is Kind.PRESS:
        assert turn.press is not None
        return (Reply(f"pressed {turn.press.subject}"),)
    buttons = tuple((Button(label, Press(PressKind.ANSWER, label)),) for label in ("one", "two"))
    return (Reply(f"said {turn.text}", headline=turn.command, buttons=buttons),)


async def test_a_pipe_reads_a_message_a_line() -> None:
    out = io.StringIO()
    await piped(Chat(answer, "me"), ["hello\n", "\n", "2\n", "7\n", "/start x y\n"], out)
    text = out.getvalue()
    assert "said hello" in text
    assert "[2] two" in text
    assert "pressed two" in text
    assert "said 7" in text  # no such button: an ordinary message
    assert "start\n\nsaid x y" in text


async def test_json_lines() -> None:
    out = io.StringIO()
    lines = ['{"text": "hi"}', '{"press": 1}', '{"press": 9}', "nonsense", "[]", '{"press": true}', '{"text": 1}']
    await json_lines(Chat(answer, "me"), lines, out)
    replies = [json.loads(line) for line in out.getvalue().splitlines()]
    assert replies[0] == {"replies": [{"text": "said hi", "buttons": ["one", "two"], "quiz": None}]}
    assert replies[1]["replies"][0]["text"] == "pressed one"
    assert ["error" in reply for reply in replies] == [False, False, True, True, True, True, True]


async def test_each_person_is_separate() -> None:
    SEEN.clear()
    await Chat(answer, "a").say("x")
    await Chat(answer, "b").say("x")
    assert [turn.address for turn in SEEN] == ["terminal:a", "terminal:b"]
    assert "x" not in repr(SEEN[0]).replace("text", "")


def test_a_line_stays_one_line() -> None:
    line = as_json_line({"text": "a\u2028b\u2029c\nd\x85e"})
    assert len(line.splitlines()) == 1
    assert json.loads(line)["text"] == "a\u2028b\u2029c\nd\x85e"
