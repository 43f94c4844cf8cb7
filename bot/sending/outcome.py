"""What came of sending something."""

from enum import StrEnum


class Delivered(StrEnum):
    """What came of sending something to somebody."""

    SENT = "sent"
    BLOCKED = "blocked"  # they do not want to hear from us
    LATER = "later"  # it did not work now
    ELSEWHERE = "elsewhere"  # no address of this front end
