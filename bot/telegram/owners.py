"""In a group, buttons are for the person whose question they belong to: their payload says for whom.

Members of a group see each other's user ids anyway, so the id stands there as it is.
"""

_MARK = "~"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def owned(payload: str, user_id: int) -> str:
    """The payload of a button that only `user_id` may press; at most 12 bytes longer."""
    digits = ""
    rest = user_id
    while rest:
        rest, digit = divmod(rest, 36)
        digits = _DIGITS[digit] + digits
    return f"{payload}{_MARK}{digits}"


def taken_apart(data: str) -> tuple[str, int | None]:
    """The payload and whose button it is; None for a button of everybody's, -1 for one that makes no sense."""
    payload, mark, digits = data.rpartition(_MARK)
    if not mark:
        return data, None
    try:
        return payload, int(digits, 36) if digits.isascii() and digits.isalnum() else -1
    except ValueError:
        return payload, -1


def refusal(data: str, user_id: int, *, in_group: bool) -> str | None:
    """The key of what is said to whoever may not press the button; None for whoever may.

    In a group a button without an owner is from an earlier version, and nobody's.
    """
    _, owner = taken_apart(data)
    if owner == user_id or (owner is None and not in_group):
        return None
    return "not_your_button" if owner is not None and owner > 0 else "old_button_group"
