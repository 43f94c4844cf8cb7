"""How much memory the whole bot holds: `cardwise chat`, with the model, the database and the content, after answers."""

import json
import shutil
import sys
from pathlib import Path
from subprocess import PIPE, Popen

from benchmarks.environment import worker_environment
from benchmarks.memory import resident_mb
from nlu.model_files import About, archive_path, code_hash, file_hash, model_name, put_in_place

_ANSWERS = 50


def bot_memory(archive: Path, sentences: int, texts: list[str], folder: Path) -> float:
    """The resident memory (MB) of a bot that lives in `folder` and runs the model in `archive`, after some answers."""
    data_dir = folder / "data"
    _install(archive, sentences, data_dir)
    database = f"sqlite+aiosqlite:///{data_dir / 'cardwise.db'}"
    # The bot reads the `.env` of the folder it is started in before any other.
    (folder / ".env").write_text(
        f"CARDWISE_DATA_DIR={data_dir}\nCARDWISE_KEY_FILE={folder / 'key'}\nCARDWISE_DATABASE_URL={database}\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "bot.cli.main", "chat", "--jsonl"]
    with Popen(command, cwd=folder, env=worker_environment(), stdin=PIPE, stdout=PIPE, encoding="utf-8") as bot:
        assert bot.stdin
        assert bot.stdout
        for text in ["/start", *texts[:_ANSWERS]]:
            bot.stdin.write(json.dumps({"text": text}) + "\n")
            bot.stdin.flush()
            if not json.loads(bot.stdout.readline() or "{}").get("replies"):
                raise RuntimeError("the bot did not answer (see above)")
        memory = resident_mb(bot.pid)
        bot.stdin.close()
    return memory


def _install(archive: Path, sentences: int, data_dir: Path) -> None:
    """Put the model where the bot looks for the one of today's sentences, so that it trains none itself."""
    name = model_name()
    place = archive_path(data_dir, name)
    place.parent.mkdir(parents=True, exist_ok=True)
    copy = place.with_name("copy")
    shutil.copyfile(archive, copy)
    put_in_place(copy, place, About(name, code_hash(), file_hash(copy), 0.0, sentences, 0))
