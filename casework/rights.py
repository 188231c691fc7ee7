"""Rights: which roles may do what, and how far the grants of an actor reach.

What is not named here is refused. A role counts where its grant holds: everything that concerns disputes is
asked and done within the reach of those grants alone by whose role it may be asked or done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casework.actor import Actor, Role

Roles = frozenset[Role]
"""Whoever plays one of these."""

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


def roles(*named: Role) -> Roles:
    """These roles, and administrators, who may do all of the others' work."""
    return ADMINISTRATORS | frozenset(named)


ANYBODY = frozenset(Role)
"""Whoever asks, signed in or not."""
SIGNED_IN = ANYBODY - {Role.PUBLIC}
"""Whoever is known."""
CASEWORKERS = roles(Role.CLERK, Role.UNIT_LEAD, Role.CONFERENCE_OFFICE, Role.SUPERVISOR, Role.AUDITOR)
"""Those who work on disputes or watch over that work."""
POLICY_STAFF = roles(Role.RULE_EDITOR, Role.RULE_APPROVER)
"""Those who write the policies."""
POLICY_READERS = POLICY_STAFF | {Role.SUPERVISOR, Role.AUDITOR}
"""And those who watch over it."""
DISPUTE_READERS = CASEWORKERS | POLICY_STAFF | {Role.PARTNER_SYSTEM, Role.EXPORTER}
"""Those who see disputes: rules are judged by what becomes of disputes."""
CONTACTS = roles(Role.CLERK, Role.UNIT_LEAD, Role.AUDITOR)
"""Those who speak with complainants (个人信息保护法, article 6: no more than the work needs), and who checks
that."""
DEVELOPERS = roles(Role.PARTNER_SYSTEM)
"""Those who build upon the API, and may have it described."""
WEBHOOK_KEEPERS = roles(Role.PARTNER_SYSTEM)
"""Those who keep webhooks: administrators of the whole city all of them, others their own alone."""

_INTAKE = roles(Role.CLERK, Role.PARTNER_SYSTEM)
_CLERKS = roles(Role.CLERK)
_LEADS = roles(Role.UNIT_LEAD)
_OFFICE = roles(Role.CONFERENCE_OFFICE)
# The sender decides an objection (信访工作条例, article 23), or the office to which it was handed on.
_SENDERS = roles(Role.CLERK, Role.CONFERENCE_OFFICE)
_EDITORS = roles(Role.RULE_EDITOR)
_APPROVERS = roles(Role.RULE_APPROVER)

VERBS: Mapping[str, Roles] = {
    "submit_dispute": _INTAKE,
    "reassign_dispute": _CLERKS,
    "merge_disputes": _CLERKS,
    "split_dispute": _CLERKS,
    "confirm_repeat": _CLERKS,
    "withdraw_repeat": _CLERKS,
    "resolve_dispute": _CLERKS | _LEADS,
    "object_to_assignment": _LEADS,
    "uphold_assignment": _SENDERS,
    "accept_objection": _SENDERS,
    "convene_conference": _OFFICE,
    "record_resolution": _OFFICE,
    "create_draft": _EDITORS,
    "import_policy": _EDITORS,
    "replace_draft": _EDITORS,
    "edit_draft": _EDITORS,
    "draft_proposal": _EDITORS,
    "check_draft": POLICY_STAFF,
    "submit_draft": _EDITORS,
    "rebase_draft": _EDITORS,
    "discard_draft": POLICY_STAFF,
    "approve_draft": _APPROVERS,
    "return_draft": _APPROVERS,
    "publish_draft": _APPROVERS,
    "rollback_policy": _APPROVERS,
    "set_region_policy": _APPROVERS,
    "start_simulation": POLICY_STAFF,
    "cancel_simulation": POLICY_STAFF,
    "add_account": ADMINISTRATORS,
    "disable_account": ADMINISTRATORS,
    "grant_role": ADMINISTRATORS,
    "withdraw_role": ADMINISTRATORS,
    "set_password": ADMINISTRATORS,
    "drop_code": ADMINISTRATORS,
    "issue_api_key": ADMINISTRATORS,
    "rotate_api_key": ADMINISTRATORS,
    "revoke_api_key": ADMINISTRATORS,
    "register_webhook": WEBHOOK_KEEPERS,
    "change_webhook": WEBHOOK_KEEPERS,
    "rotate_webhook_secret": WEBHOOK_KEEPERS,
    "pause_webhook": WEBHOOK_KEEPERS,
    "resume_webhook": WEBHOOK_KEEPERS,
    "send_test_event": WEBHOOK_KEEPERS,
    "delete_webhook": WEBHOOK_KEEPERS,
    "replay_delivery": WEBHOOK_KEEPERS,
    "replay_deliveries": WEBHOOK_KEEPERS,
    "skip_delivery": WEBHOOK_KEEPERS,
}
"""Who may do what, by the verb's name."""


def may(verb: str) -> Roles:
    """Who may do something; nobody what is not named."""
    return VERBS.get(verb, frozenset())


def plays(actor: Actor, roles: Roles) -> bool:
    """Whether somebody has one of these roles, wherever it holds. What is for administrators alone is of the
    whole city, so that it takes one for all of it."""
    for grant in actor.grants:
        if grant.role in roles and (roles != ADMINISTRATORS or grant.unit is grant.region is None):
            return True
    return False


@dataclass(frozen=True, slots=True)
class Reach:
    """How far somebody gets: to `everything`, or to what concerns the `units` and what lies in the `regions`
    or below them; all three empty is nowhere. Of what accounts keep for themselves it is that of `account`
    alone, or for None that of everybody."""

    everything: bool = False
    units: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    account: str | None = ""

    def covers(self, unit: str | None, lineage: Iterable[str]) -> bool:
        """Whether it takes in a unit, or one of a region and the regions above it."""
        return self.everything or unit in self.units or any(region in self.regions for region in lineage)


EVERYWHERE = Reach(everything=True, account=None)
NOWHERE = Reach()


def reach_of(actor: Actor, roles: Roles = SIGNED_IN) -> Reach:
    """How far the grants of an actor reach that are of one of these roles. Nobody reaches anything by being
    unknown. Of a grant for a unit and a region, the unit counts. An administrator of the whole city reaches
    what any account keeps for itself."""
    account = None if plays(actor, ADMINISTRATORS & roles) else actor.id
    units, regions = set(), set()
    for grant in actor.grants:
        if grant.role is Role.PUBLIC or grant.role not in roles:
            continue
        if grant.unit is not None:
            units.add(grant.unit)
        elif grant.region is not None:
            regions.add(grant.region)
        else:
            return Reach(everything=True, account=account)
    return Reach(units=tuple(sorted(units)), regions=tuple(sorted(regions)), account=account)
