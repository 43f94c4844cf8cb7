"""What Telegram says of the bot: asked once, for whoever looks for what is wrong."""

from dataclasses import dataclass

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.telegram.application import TELEGRAM
from bot.telegram.request import request


@dataclass(frozen=True)
class Seen:
    """The bot's user name, its webhook (empty: none), how many updates wait at Telegram, why it could not deliver."""

    username: str
    webhook: str
    waiting: int
    failed: str


class NotSeen(Exception):
    """Telegram could not be asked, or does not know the token; the message says which."""


async def look(token: str, *, api_url: str | None, proxy_url: str | None) -> Seen:
    """What Telegram says of the bot with this token. Raises NotSeen."""
    asking = request(1, proxy_url)
    bot = Bot(token, base_url=f"{api_url or TELEGRAM}/bot", request=asking)
    try:
        me = await bot.get_me()
        hook = await bot.get_webhook_info()
    except InvalidToken as error:
        raise NotSeen("Telegram does not know this token: get the right one from @BotFather") from error
    except TelegramError as error:
        raise NotSeen(
            f"Telegram cannot be reached ({type(error).__name__}): where it is blocked, set TELEGRAM_PROXY_URL"
        ) from error
    finally:
        await asking.shutdown()
    return Seen(me.username or "", hook.url, hook.pending_update_count, hook.last_error_message or "")
