"""Progress bars: on a terminal, on standard error, nowhere else."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress


class Bar:
    """A progress bar for the length of a `with` block; silent when standard error is no terminal."""

    def __init__(self, title: str) -> None:
        self.title = title
        self._progress: Progress | None = None

    def __enter__(self) -> Bar:
        if sys.stderr.isatty():
            # rich takes a fifth of a second to import.
            from rich.console import Console
            from rich.progress import Progress

            self._progress = Progress(console=Console(stderr=True), transient=True)
            self._task = self._progress.add_task(self.title, total=None)
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def show(self, done: int, total: int | None) -> None:
        """Tell how far it is. `total` None: nobody knows how much there is."""
        if self._progress is not None:
            self._progress.update(self._task, completed=done, total=total)
