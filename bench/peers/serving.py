"""How the Python peers listen: one uvicorn process, its fast loop and parser, no log of requests."""

from __future__ import annotations

import os
from typing import Any

import uvicorn

POOL = int(os.environ.get("POOL", "16"))
"""Connections to the database."""


def serve(app: Any, port: int) -> None:
    """Serve an ASGI application on loopback until a signal."""
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
    )
