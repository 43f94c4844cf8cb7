"""Compare our pipeline with Rasa's default one on the same sentences: `uv run python benchmarks/nlu.py --help`."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # A script's own folder comes first on the path, where this file would hide the package `nlu`.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    from benchmarks.comparison import main

    main()
