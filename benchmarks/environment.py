"""The second virtual environment: Rasa with TensorFlow, as it comes. Ours never has TensorFlow in it."""

import os
import shutil
import subprocess
from pathlib import Path

from nlu.domain import PROJECT_ROOT

_FOLDER = PROJECT_ROOT / "var" / "benchmark-environment"
_COMPILED = PROJECT_ROOT / "var" / "benchmark-compiled"


def default_python() -> Path:
    """The Python of an environment with the dependency group `bench`, made or updated by uv. Raises `RuntimeError`."""
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        raise RuntimeError("uv is not on the PATH: start this with `uv run`")
    command = [uv, "sync", "--quiet", "--no-default-groups", "--group", "bench"]
    environment = {**worker_environment(), "UV_PROJECT_ENVIRONMENT": str(_FOLDER)}
    if subprocess.run(command, cwd=PROJECT_ROOT, env=environment, check=False).returncode:
        raise RuntimeError("uv could not make the environment with TensorFlow (see above)")
    return _FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def worker_environment() -> dict[str, str]:
    """The variables a measurement gets: none that point into our own environment or at somebody's bot."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("CARDWISE_", "TELEGRAM_"))}
    mine.pop("VIRTUAL_ENV", None)
    # Compiled modules are kept from one process to the next, as on any machine in use, and always in the same place:
    # some environments switch that off, and then every start would compile a thousand files.
    mine.pop("PYTHONDONTWRITEBYTECODE", None)
    return mine | {"PYTHONPYCACHEPREFIX": str(_COMPILED), "TF_CPP_MIN_LOG_LEVEL": "3"}
