"""What the answers of all mutations have."""

from __future__ import annotations

import strawberry

from schema.errors import UserError
from schema.field import column


@strawberry.type
class Payload:
    """What all payloads have; made of `resolvers.verb.Done`."""

    errors: list[UserError] = column(
        "What has to be mended first; then nothing was changed.", "需先更正的问题；有则未作改动。"
    )
    client_mutation_id: str | None = column("The key of the input, unchanged.", "输入中的幂等键，原样返回。")
