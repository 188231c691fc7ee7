"""`lianxi demo`: load the demo city and its sample complaints."""

from __future__ import annotations

from casework.demo import Loaded, load_demo
from casework.desk import Desk
from cli.desk import on_database
from cli.progress import Bar
from cli.settings import usable_settings
from cli.speech import tell
from server.logs import set_up_logs
from server.settings import Settings


def demo() -> None:
    """Load the demo into the database of the settings. Raises Stop."""
    settings = usable_settings()
    set_up_logs(settings)
    load_database(settings)


def load_database(settings: Settings) -> None:
    """Load what is missing of the demo and say how much that was. Raises Stop."""
    loaded = on_database(settings, _load)
    key = "demo.done" if loaded.new else "demo.nothing"
    print(tell(key, new=loaded.new, total=loaded.total))


async def _load(desk: Desk) -> Loaded:
    """Load what is missing, with a progress bar on a terminal."""
    with Bar(tell("demo.progress")) as bar:
        return await load_demo(desk, bar.show)
