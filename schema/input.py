"""What the inputs of mutations have in common: how their fields are described."""

from __future__ import annotations

KEY = ("Idempotency key: the same key and input act once.", "幂等键，同键同内容只执行一次。")
"""Of `client_mutation_id`."""
EXPECTED_DISPUTE = (
    "The version of the dispute that you saw; another one is a CONFLICT.",
    "您所见的事项版本号，不一致则报 CONFLICT。",
)
"""Of `expected_version`, where a dispute is changed."""
