"""A corpus of mutations as partners and the console send them: all there are, with one variable, `input`."""

from __future__ import annotations

from collections.abc import Mapping

SELECTED: Mapping[str, str] = {
    "submitDispute": (
        "dispute { id number version leadDepartment { code name } decision { rule { code } } events { "
        "type } conferences { id } }"
    ),
    "reassignDispute": "dispute { version leadDepartment { name } assignments { role department { name } } }",
    "objectToAssignment": (
        "objection { id state department { name } dispute { version } decision { rule { code } } }"
    ),
    "upholdAssignment": "objection { state decidedReason dispute { leadDepartment { name } } }",
    "acceptObjection": "objection { state dispute { leadDepartment { name } assignments { origin } } }",
    "conveneConference": (
        "session { id topic dispute { status } participants { department { name } } conference { name } }"
    ),
    "recordConferenceResolution": (
        "session { status resolution { text leadDepartment { name } } dispute { status } }"
    ),
    "mergeDisputes": "dispute { version mergedDisputes { number status repeats { repeat } } }",
    "splitDispute": "dispute { version status mergedInto { id } mergers { splitReason } }",
    "confirmRepeat": "dispute { version repeats { repeat earlier { number } } }",
    "withdrawRepeat": "dispute { version repeats { repeat } withdrawnRepeats { reason } }",
    "resolveDispute": (
        "dispute { version status replies { text } mergedDisputes { number replies { text } } }"
    ),
    "createPolicyDraft": "draft { id version state rules(first: 2) { code } }",
    "importPolicyDraft": "draft { id version terms(first: 1) { text } }",
    "draftRuleProposal": "draft { id state version note }",
    "editPolicyDraft": "draft { version cases { name } triageBelow }",
    "checkPolicyDraft": "draft { version report { errorCount findings(first: 1) { message } } }",
    "submitPolicyDraft": "draft { id state version note }",
    "approvePolicyDraft": "draft { id state version note }",
    "returnPolicyDraft": "draft { id state version note }",
    "rebasePolicyDraft": "draft { id state version note }",
    "discardPolicyDraft": "draft { id state version note }",
    "publishPolicyVersion": "draft { state publishedVersion { number status } }",
    "rollbackPolicy": "version { number restoredNumber policy { currentVersion { number } } }",
    "startPolicySimulation": "simulation { state done draft { id } report { examined } }",
    "cancelPolicySimulation": "simulation { state reason }",
    "setRegionPolicy": "region { code policy { key } }",
    "addAccount": "account { name disabledAt grants { role unit region } }",
    "disableAccount": "account { name disabledAt grants { role unit region } }",
    "enableAccount": "account { name disabledAt grants { role unit region } }",
    "grantRole": "account { name disabledAt grants { role unit region } }",
    "withdrawRole": "account { name disabledAt grants { role unit region } }",
    "issueApiKey": "apiKey { prefix expiresAt } secret",
    "rotateApiKey": "apiKey { prefix expiresAt } secret",
    "revokeApiKey": "apiKey { prefix revokedAt }",
    "registerWebhook": "webhook { id version region { code } } secret",
    "changeWebhook": "webhook { url types version }",
    "rotateWebhookSecret": "webhook { id olderUntil } secret",
    "pauseWebhook": "webhook { id state }",
    "resumeWebhook": "webhook { id state }",
    "sendTestEvent": "webhook { id state }",
    "replayDeliveries": "webhook { id state }",
    "replayDelivery": "delivery { id state webhook { id } }",
    "skipDelivery": "delivery { id state webhook { id } }",
    "deleteWebhook": "",
}
"""What is selected of each payload, beside what all have."""
INPUTS: Mapping[str, str] = {
    "disableAccount": "AccountInput",
    "enableAccount": "AccountInput",
    "withdrawRole": "GrantRoleInput",
    "rotateWebhookSecret": "WebhookInput",
    "pauseWebhook": "WebhookInput",
    "resumeWebhook": "WebhookInput",
    "sendTestEvent": "WebhookInput",
    "replayDelivery": "WebhookDeliveryInput",
    "skipDelivery": "WebhookDeliveryInput",
    "deleteWebhook": "WebhookInput",
}
"""The types of inputs that several share; the others are named after their mutation."""


def _mutation(name: str, selected: str) -> str:
    kind = INPUTS.get(name, f"{name[0].upper()}{name[1:]}Input")
    answer = f"{selected} errors {{ code message path }} clientMutationId"
    return f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {answer} }} }}"


MUTATIONS: Mapping[str, str] = {name: _mutation(name, selected) for name, selected in SELECTED.items()}
