"""The installation's key: found, or made on the very first start, but never while a database needs a lost one."""

from bot.settings import Settings
from db.key_file import create_key_file, read_key_file
from db.keys import KeyProblem, KeyRing, several_from_text


def open_keyring(settings: Settings, *, may_create: bool = True) -> KeyRing:
    """The installation's key; made on the very first start if it may be. Raises KeyProblem."""
    if settings.secret_key is not None:
        return KeyRing(several_from_text(settings.secret_key.get_secret_value()))
    path = settings.key_path
    if path.exists() or not may_create:
        return read_key_file(path)
    require_key_not_lost(settings)
    return create_key_file(path)


def require_key_not_lost(settings: Settings) -> None:
    """Raises KeyProblem when there is a database of ours without its key file."""
    lost = settings.secret_key is None and not settings.key_path.exists()
    if lost and settings.database_url is None and (settings.data_dir / "cardwise.db").exists():
        raise KeyProblem(
            f"there is a database in {settings.data_dir} but no key file at {settings.key_path}: put the key file back "
            "(or move the database away to start anew; what it holds about people cannot be read without the key)"
        )
