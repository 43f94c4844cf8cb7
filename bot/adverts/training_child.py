"""The process that trains the advert model beside the other training, on a first start: `… DATA_DIR`."""

import os
import sys
from pathlib import Path

from bot.adverts.phrases import phrase_book
from content.loading import load
from nlu.adverts.files import ensure_advert_model


def main() -> None:
    """Train the model of today's adverts, unless it is there."""
    os.nice(5)  # whoever waits for the larger model waits for that one
    ensure_advert_model(Path(sys.argv[1]), phrase_book(load()).hints)


if __name__ == "__main__":
    main()
