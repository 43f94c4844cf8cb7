"""Files at the stand-in for Telegram: sent by people, fetched by the bot, uploaded by it, sent again by their id."""

import itertools
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from aiohttp import web

from tests.fakes.chats import BOT, Chat, Sent
from tests.fakes.telegram_rules import CAPTION_LIMIT, Refusal, checked_keyboard, parsed_text, utf16

_DOWNLOAD_LIMIT = 20 * 1024 * 1024
_PHOTO_LIMIT = 10 * 1024 * 1024


class _Server(Protocol):
    sent: list[Sent]
    uploads: dict[str, tuple[str, bytes]]

    def next_id(self) -> int: ...
    def accept(self, fields: Mapping[str, str]) -> Chat: ...
    def tell(self) -> None: ...
    def clock(self) -> float: ...


if TYPE_CHECKING:
    _Base = _Server
else:
    _Base = object


class Files(_Base):
    """The methods that have to do with files. `files` holds what people sent and what the bot uploaded, by file id."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.uploads: dict[str, tuple[str, bytes]] = {}
        self._file_numbers = itertools.count(1)

    def add_file(self, data: bytes) -> dict[str, Any]:
        """Somebody's file, as it stands in their message."""
        file_id = f"file-{next(self._file_numbers)}"
        self.files[file_id] = data
        return {"file_id": file_id, "file_unique_id": f"u-{file_id}", "file_size": len(data)}

    def photo(self, data: bytes) -> list[dict[str, Any]]:
        """A picture as Telegram hands it over: small and large."""
        small = {**self.add_file(data[:20]), "width": 90, "height": 90}
        return [small, {**self.add_file(data), "width": 900, "height": 900}]

    async def do_getFile(self, fields: dict[str, str]) -> dict[str, Any]:
        data = self.files.get(fields["file_id"])
        if data is None:
            raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(data) > _DOWNLOAD_LIMIT:
            raise Refusal(400, "Bad Request: file is too big")
        about = {"file_id": fields["file_id"], "file_unique_id": f"u-{fields['file_id']}", "file_size": len(data)}
        return {**about, "file_path": f"files/{fields['file_id']}"}

    async def download(self, request: web.Request) -> web.Response:
        data = self.files.get(request.match_info["name"])
        return web.Response(body=data) if data is not None else web.Response(status=404)

    async def do_sendPhoto(self, fields: dict[str, str]) -> dict[str, Any]:
        sent, about = self._sent(fields, "photo")
        if sent.picture is None or not sent.picture.startswith(b"\xff\xd8"):
            raise Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED")
        if len(sent.picture) > _PHOTO_LIMIT:
            raise Refusal(400, "Bad Request: file is too big")
        return {**about, "photo": self.photo(sent.picture)}

    async def do_sendDocument(self, fields: dict[str, str]) -> dict[str, Any]:
        sent, about = self._sent(fields, "document")
        return {**about, "document": {**self.add_file(sent.document[1]), "file_name": sent.document[0]}}

    def _sent(self, fields: dict[str, str], what: str) -> tuple[Sent, dict[str, Any]]:
        chat = self.accept(fields)
        caption = parsed_text(fields["caption"], fields.get("parse_mode")) if fields.get("caption") else ""
        if utf16(caption) > CAPTION_LIMIT:
            raise Refusal(400, "Bad Request: message caption is too long")
        keyboard = checked_keyboard(fields.get("reply_markup"))
        name, data = self.uploads.pop(what, ("", b""))
        if not data and fields.get(what) in self.files:
            data = self.files[fields[what]]
        if not data:
            raise Refusal(400, "Bad Request: wrong remote file identifier specified: Wrong string length")
        sent = Sent(self.next_id(), chat.chat_id, caption, caption, self.clock(), keyboard)
        if what == "photo":
            sent.picture = data
        else:
            sent.document = (name, data)
        self.sent.append(sent)
        self.tell()
        about = {"message_id": sent.message_id, "date": int(time.time()), "chat": chat._chat, "from": BOT}
        return sent, {**about, "caption": caption} if caption else about
