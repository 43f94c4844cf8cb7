"""The check in use: made anew when content changes, absent while there is no model."""

from collections.abc import Callable

from bot.adverts.check import AdvertCheck
from content.library import Library
from nlu.adverts.model import AdvertModel


class AdvertsInUse:
    """Gives the check on the content in use."""

    def __init__(self, content: Callable[[], Library]) -> None:
        self._content = content
        self._model: AdvertModel | None = None
        self._made: tuple[Library, AdvertCheck] | None = None

    def load(self, model: AdvertModel) -> None:
        """Check with this model from now on."""
        self._model, self._made = model, None

    @property
    def ready(self) -> bool:
        """Whether adverts can be checked."""
        return self._model is not None

    def __call__(self) -> AdvertCheck | None:
        """The check; None while there is no model."""
        if self._model is None:
            return None
        library = self._content()
        if self._made is None or self._made[0] is not library:
            self._made = (library, AdvertCheck(library, self._model))
        return self._made[1]
