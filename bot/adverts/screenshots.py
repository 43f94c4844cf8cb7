"""Screenshots of adverts: fetched from the front end, read in the other process, never stored."""

from collections.abc import Awaitable, Callable

from bot.adverts.reading import CannotRead, PictureReader, is_installed
from bot.pictures import LARGEST_FILE, NotAPicture, PictureTooLarge
from bot.turns import FileUnavailable

Fetch = Callable[[str], Awaitable[bytes]]


class CannotReadPicture(Exception):
    """There is nothing to check; `key` names the sentence that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Screenshots:
    """Gives the words in pictures. Until a front end is connected there is nothing to fetch them from."""

    def __init__(self, reader: PictureReader) -> None:
        self._reader = reader
        self._fetch: Fetch | None = None

    def connect(self, fetch: Fetch) -> None:
        """From now on files are fetched by `fetch(file id)`."""
        self._fetch = fetch

    async def read(self, file_id: str, size: int) -> str:
        """The words in a picture of `size` bytes. Raises CannotReadPicture."""
        if self._fetch is None or not is_installed():
            raise CannotReadPicture("advert_no_reader")
        if size > LARGEST_FILE:
            raise CannotReadPicture("advert_picture_too_large")
        try:
            return await self._reader.read(await self._fetch(file_id))
        except PictureTooLarge:
            raise CannotReadPicture("advert_picture_too_large") from None
        except NotAPicture:
            raise CannotReadPicture("advert_no_picture") from None
        except (CannotRead, FileUnavailable):
            raise CannotReadPicture("advert_unreadable") from None
