"""A mistake of the person at the command line, told in plain lines instead of a traceback."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class Mistake(Exception):
    """Something the person can mend. `lines` are printed as they are; the command exits 1."""

    def __init__(self, *lines: str) -> None:
        super().__init__(lines)
        self.lines: Sequence[str] = lines


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what can go wrong with settings, keys, content and databases into a `Mistake`."""
    from bot.settings import SettingsAreWrong
    from content.loading import ContentIsBroken
    from db.errors import DatabaseProblem
    from db.keys import KeyProblem
    from nlu.rasa_interpreter import ModelUnusable
    from nlu.training import TrainingFailed
    from nlu.training_data import BadTrainingData

    try:
        yield
    except SettingsAreWrong as error:
        raise Mistake(*error.mistakes) from error
    except ContentIsBroken as error:
        raise Mistake(*map(str, error.problems), f"{len(error.problems)} to change before the bot can start") from error
    except (KeyProblem, DatabaseProblem, BadTrainingData, ModelUnusable, TrainingFailed) as error:
        raise Mistake(str(error)) from error
    except OSError as error:
        raise Mistake(f"{error.filename or 'a file'}: {error.strerror or error}") from error
