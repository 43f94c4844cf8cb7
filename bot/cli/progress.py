"""A progress bar for long work, on standard error and only where somebody is watching."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[str, float], None]]:
    """A function `(stage, fraction done)` that draws; without a terminal it prints the first stage, which says why."""
    if not sys.stderr.isatty():
        printed = False

        def plain(stage: str, fraction: float) -> None:
            nonlocal printed
            if not printed:
                print(f"{title}: {stage} …", file=sys.stderr, flush=True)
                printed = True

        yield plain
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = None

        def draw(stage: str, fraction: float) -> None:
            nonlocal task
            if task is None:
                task = bar.add_task(title, total=1.0)
            bar.update(task, completed=min(fraction, 1.0), description=f"{title}: {stage}")

        yield draw
