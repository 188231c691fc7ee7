"""Hands in a complaint, says who leads, lists what waits for a person: with a client made of the schema."""

from __future__ import annotations

import asyncio
import os
import uuid

from lianxi_client import Channel, Lianxi, SubmitDisputeInput

COMPLAINT = "小区楼下的烧烤店油烟很大，熏得没法开窗。"


async def main() -> None:
    """Talks to the hub at HUB, with the key in LIANXI_KEY where it asks for one."""
    headers = {"Accept-Language": "zh"}
    if key := os.environ.get("LIANXI_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    hub = os.environ.get("HUB", "http://127.0.0.1:8000")
    async with Lianxi(f"{hub}/graphql", headers=headers) as lianxi:
        await hand_in(lianxi)
        await list_triage(lianxi)


async def hand_in(lianxi: Lianxi) -> None:
    """Submit a complaint; what the hub wants mended is data, not an exception."""
    asked = SubmitDisputeInput(
        description=COMPLAINT,
        region_code="990102001",
        channel=Channel.WEB,
        client_mutation_id=str(uuid.uuid4()),
    )
    answer = (await lianxi.submit(asked)).submit_dispute
    for error in answer.errors:
        print(f"{error.code} at {'.'.join(error.path)}: {error.message}")
    if answer.dispute and answer.dispute.lead_department:
        print(f"{answer.dispute.number}: {answer.dispute.lead_department.name}")


async def list_triage(lianxi: Lianxi) -> None:
    """Walk all pages; a cursor names a row, so that nothing comes twice or is left out."""
    after: str | None = None
    while True:
        page = (await lianxi.triage(after)).disputes
        for dispute in page.nodes:
            print(f"{dispute.number} {dispute.received_at:%Y-%m-%d} {dispute.title}")
        if not page.page_info.has_next_page:
            return print(f"{page.total_count} wait for a person")
        after = page.page_info.end_cursor


if __name__ == "__main__":
    asyncio.run(main())
