"""Settings for a command, or a clear end."""

from __future__ import annotations

import os
import sys

from cli.speech import LANGUAGE, Exit, Stop, tell
from server.settings import BadSettings, Settings, read_settings, unknown_variables


def usable_settings(**chosen: object) -> Settings:
    """The settings. Raises Stop that names every bad one; warns of variables that look like settings."""
    for name, nearest in unknown_variables(os.environ):
        key = "settings.unknown_nearest" if nearest else "settings.unknown"
        print(tell(key, name=name, nearest=nearest), file=sys.stderr)
    try:
        return read_settings(**chosen)
    except BadSettings as bad:
        raise Stop(Exit.USAGE, "\n".join(bad.messages(LANGUAGE))) from None
