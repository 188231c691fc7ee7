"""What the verbs about simulations ask for."""

from __future__ import annotations

from datetime import date

import strawberry

from casework.intake import Channel
from casework.simulation.job import CancelSimulation, StartSimulation
from casework.simulation.scope import Scope
from resolvers.identity import uuid_or_nobody
from schema.dispute import DisputeStatus
from schema.field import both, listed, optional, required
from schema.input import KEY


@strawberry.input(
    description=both(
        "Try a draft on stored disputes; all that is given has to hold.",
        "以草案试算已登记事项，范围条件同时满足。",
    )
)
class StartPolicySimulationInput:
    """The input of `startPolicySimulation`."""

    draft_id: strawberry.ID = required("The draft, which has been checked.", "已检查的草案。")
    region_codes: list[str] = listed(
        "Codes of regions, with everything below; by default all for which the policy decides.",
        "区域代码（含下级），默认规则集适用的全部区域。",
    )
    received_from: date | None = optional("Received on this day or later.", "收件日不早于。")
    received_to: date | None = optional("Received on this day or earlier.", "收件日不晚于。")
    channels: list[Channel] = listed("From these channels; by default all.", "渠道，默认全部。")
    statuses: list[DisputeStatus] = listed("In these states; by default all.", "状态，默认全部。")
    rule_ids: list[str] = listed(
        "Decided by rules with these codes; by default all.", "所依规则编号，默认全部。"
    )
    reread: bool = optional(
        "Read the texts again by the draft's lexicon; takes minutes for a million.",
        "以草案词库重新识别文字，百万件需数分钟。",
        default=False,
    )
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> StartSimulation:
        """The same for casework."""
        scope = Scope(
            region_codes=tuple(dict.fromkeys(self.region_codes)),
            received_from=self.received_from,
            received_to=self.received_to,
            channels=tuple(sorted(set(self.channels))),
            statuses=tuple(sorted(set(self.statuses))),
            rule_ids=tuple(dict.fromkeys(self.rule_ids)),
        )
        return StartSimulation(uuid_or_nobody(self.draft_id, "PolicyDraft"), scope, self.reread)


@strawberry.input(description=both("Stop a simulation.", "取消试算。"))
class CancelPolicySimulationInput:
    """The input of `cancelPolicySimulation`."""

    id: strawberry.ID = required("The simulation.", "试算。")
    client_mutation_id: str | None = optional(*KEY)

    def request(self) -> CancelSimulation:
        """The same for casework."""
        return CancelSimulation(uuid_or_nobody(self.id, "PolicySimulation"))
