"""What came of sending something."""

from dataclasses import dataclass, field
from enum import StrEnum


class Delivered(StrEnum):
    """What came of sending something to somebody."""

    SENT = "sent"
    BLOCKED = "blocked"  # they do not want to hear from us
    LATER = "later"  # it did not work now
    ELSEWHERE = "elsewhere"  # no address of this front end


class Went(StrEnum):
    """What came of one send of a campaign, as exactly as it can be known."""

    SENT = "sent"
    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"  # the account is gone
    NOT_FOUND = "not_found"
    CONTENT_ERROR = "content_error"  # what was to be sent is not acceptable
    RETRY = "retry"  # it certainly did not arrive, and may later
    UNKNOWN = "unknown"  # it may have arrived: the answer was lost
    NO_ENTRY = "no_entry"  # the bot itself is not let in: its token is wrong


@dataclass(frozen=True)
class Posted:
    """What came of it; with a picture the id under which the front end keeps it, with a question its poll's id."""

    went: Went
    file_id: str = field(default="", repr=False)
    poll_id: str = field(default="", repr=False)
    why: str = ""  # the kind of error, for the log: never its text
