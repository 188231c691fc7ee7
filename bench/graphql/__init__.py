"""How many requests a second this server and its peers answer, on the same data, in the same run."""

from bench.graphql.command import main

__all__ = ["main"]
