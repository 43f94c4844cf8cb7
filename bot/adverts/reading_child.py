"""The process that reads pictures: pictures in, lines of text out. It is started and ended by `bot.adverts.reading`.

In: four bytes, how long the picture is, and the picture. Out: one line of JSON, {"lines": [...]} or {"error": "..."}.
"""

import json
import os
import struct
import sys
from typing import Any, BinaryIO

_SURE_ENOUGH = 0.5


def main() -> None:
    """Answer pictures until the input ends."""
    os.nice(10)  # chat goes first
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever a library prints must not get between the answers
    engine = _engine()
    while (data := _picture(incoming)) is not None:
        outgoing.write(json.dumps(_read(engine, data), ensure_ascii=False).encode() + b"\n")
        outgoing.flush()


def _engine() -> Any:
    from rapidocr_onnxruntime import RapidOCR

    return RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)


def _picture(incoming: BinaryIO) -> bytes | None:
    head = incoming.read(4)
    if len(head) < 4:
        return None
    (length,) = struct.unpack(">I", head)
    return incoming.read(length)


def _read(engine: Any, data: bytes) -> dict[str, Any]:
    try:
        found, _ = engine(data)
    except Exception as error:  # noqa: BLE001 - a picture that breaks the engine must not end the process
        return {"error": type(error).__name__}
    return {"lines": lines_of(found or [])}


def lines_of(found: list[Any]) -> list[str]:
    """The text in reading order: boxes side by side are one line."""
    boxes = [
        (min(p[1] for p in box), max(p[1] for p in box), min(p[0] for p in box), text)
        for box, text, score in found
        if float(score) >= _SURE_ENOUGH
    ]
    lines: list[list[tuple[float, float, float, str]]] = []
    for box in sorted(boxes):
        middle = (box[0] + box[1]) / 2
        if lines and lines[-1][0][0] <= middle <= lines[-1][0][1]:
            lines[-1].append(box)
        else:
            lines.append([box])
    return [" ".join(text for *_, text in sorted(line, key=lambda one: one[2])) for line in lines]


if __name__ == "__main__":
    main()
