"""A corpus of queries as partners and the console ask them; every field of the API is in one of them.

The variables are named after `tests.resolvers.known`, and `first` is the size of a page.
"""

from __future__ import annotations

from collections.abc import Mapping

PARTY = "id role anonymous reachable name phone address"
RULE = """
  id code position kind priority title titleEn validFrom validTo regions { code name }
  conditions { field operator values low high negated }
  outcome {
    leadFunction { code } coFunctions { name } candidates { code } conferenceDomain flags legalPath triage
  }
  legalBasis { title article url certain validTo }
"""
TEXT = f"""
  triageBelow fields {{ name kind title titleEn values }}
  rules(after: 1, first: $few) {{ {RULE} }}
  cases(first: $few) {{
    name text facts {{ field title titleEn words number flag }} region {{ code name }} on
    expected {{
      leadFunction {{ code name }} triage coFunctions flags conferenceDomain ruleCode
    }}
  }}
  terms(after: 2, first: $few) {{ text kind facts {{ field word }} sector weight unless marks }}
"""
FLAW = "code path message"
REPORT = f"""
  day complete errorCount warningCount findingCount passedCount failedCount
  errors {{ {FLAW} }} warnings(first: $few) {{ {FLAW} }}
  findings(after: 1, first: $few) {{
    kind severity message rules witness {{ field title titleEn words number flag }}
  }}
  cases {{ name passed differences {{ entry expected found }} }}
"""
VERSION = """
  id number status checksum effectiveFrom publishedAt publishedBy approvedBy
  restoredNumber reason rolledBackAt
"""
DECIDED = """
  rule { code title legalBasis { title article } } overlays { code kind }
  explanation facts { field title titleEn words number flag }
  matches { text start end field word } policyVersion { number } leadFunction { code name nameEn }
  coFunctions { code } conferenceDomain flags legalPath triageReason confidence
  candidates { function { code } score vote department { code } rule { code } }
  voteWarning { function { code } share message }
"""

CHECK = "field title requirement found holds"

QUERIES: Mapping[str, str] = {
    "dispute_with_lead": """
      query ($dispute: ID!) { dispute(id: $dispute) {
        id number title status severity channel receivedAt version description
        leadDepartment { id code name nameEn }
      } }""",
    "dispute_by_number": "query ($number: String!) { dispute(number: $number) { id title } }",
    "dispute_by_both": """
      query ($dispute: ID!, $number: String) { dispute(id: $dispute, number: $number) { id } }""",
    "dispute_with_all": f"""
      query ($dispute: ID!, $language: Language) {{ dispute(id: $dispute) {{
        id number region {{ name policy {{ key }} }} facts {{ field words }}
        leadDepartment {{ name }} coDepartments {{ name }} territorialOwner {{ name region {{ name }} }}
        decision {{ id sequence decidedAt {DECIDED} english: explanation(language: $language) }}
        decisions {{ id sequence }}
        assignments {{
          id department {{ name }} role origin designated reason assignedAt assignedBy endedAt
        }}
        conferences {{ id topic status reason scheduledAt createdAt createdBy
          conference {{ id name lead {{ name }} members {{ name }} }} dispute {{ number }} rule {{ code }}
          participants {{ role department {{ name }} }}
          resolution {{ leadDepartment {{ name }} text resolvedAt resolvedBy }}
        }}
        objections {{
          id state reason department {{ name }} proposedDepartment {{ name }} raisedAt raisedBy
          decidedAt decidedBy decidedReason decision {{ sequence }} dispute {{ number }}
        }}
        deadlines {{
          kind dueAt department {{ code name }} legalBasis {{ title article }} provisional isOver
        }}
        parties {{ {PARTY} }}
        events {{ id sequence type actor occurredAt details {{ name value }} }}
      }} }}""",
    "page_with_parties_of_conferences": """
      query ($first: Int!) { disputes(first: $first) {
        edges { cursor node {
          id title status severity receivedAt leadDepartment { code name } coDepartments { code name }
          conferences { id topic participants { role department { code name } } }
        } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      } }""",
    "page_with_everything": """
      query ($first: Int!) { disputes(first: $first) { totalCount nodes {
        region { parent { name } policy { key currentVersion { number } } }
        facts { field title words number flag }
        territorialOwner { region { name } functions { code } aliases successor { code } active }
        decision {
          rule { code legalBasis { title } } overlays { code } explanation
          policyVersion { number policy { title } } candidates { score department { name } rule { code } }
        }
        decisions { sequence }
        assignments { role origin department { name } }
        deadlines { dueAt isOver department { region { name } } }
        conferences {
          conference { name lead { name } members { name } sessions(first: 3) { topic } }
          rule { code } dispute { number } resolution { text leadDepartment { name } }
        }
        parties { name phone }
        events(first: 3) { type details { name value } }
      } } }""",
    "page_after": """
      query ($first: Int!, $after: String) {
        disputes(first: $first, after: $after) { edges { cursor node { number } } pageInfo { endCursor } }
      }""",
    "page_from_the_end": """
      query ($first: Int!) { disputes(last: $first) {
        nodes { number } pageInfo { startCursor hasPreviousPage } } }""",
    "page_filtered": """
      query ($first: Int!, $filter: DisputeFilter, $order: DisputeOrder) {
        disputes(first: $first, filter: $filter, orderBy: $order) { nodes { number title } }
      }""",
    "page_searched": """
      query ($first: Int!, $text: String!) { disputes(filter: {text: $text}, first: $first) {
        nodes { number flags: decision { flags } } } }""",
    "count": "query ($filter: DisputeFilter) { disputes(filter: $filter) { totalCount } }",
    "page_info_alone": "query ($first: Int) { disputes(first: $first) { pageInfo { hasNextPage } } }",
    "two_lists": """
      query ($first: Int!) {
        triage: disputes(filter: {status: [TRIAGE]}, first: $first) { totalCount nodes { number } }
        newest: disputes(first: $first) { nodes { number leadDepartment { name } } }
      }""",
    "whole_or_part": """
      query ($first: Int!, $whole: Boolean!) { disputes(first: $first) { nodes {
        number parties @include(if: $whole) { name } conferences @skip(if: $whole) { topic }
      } } }""",
    "fragments": """
      query ($first: Int!) { disputes(first: $first) { nodes { ...Head ...Units ...Head } } }
      fragment Head on Dispute { __typename number ...Named }
      fragment Named on Node { id ... on Dispute { title } ... on Region { code } }
      fragment Units on Dispute { leadDepartment { ...Unit } territorialOwner { ...Unit } }
      fragment Unit on Department { code ... { name } }""",
    "outcomes": """
      query ($dispute: ID!, $question: PreviewRoutingInput!) {
        dispute(id: $dispute) { decision { ...Why ... on RoutingOutcome { confidence } } }
        previewRouting(input: $question) { preview { ...Why } }
      }
      fragment Why on RoutingOutcome { __typename rule { code } explanation candidates { score } flags }""",
    "node": "query ($dispute: ID!) { node(id: $dispute) { __typename id ... on Dispute { title } } }",
    "nodes": """
      query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id
        ... on Dispute { leadDepartment { name } } ... on Decision { flags policyVersion { number } }
        ... on ConferenceSession { conference { name } } ... on Region { policy { key } }
        ... on PolicyRule { code regions { code } } ... on PolicyVersion { status }
      } }""",
    "entities": """
      query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename
        ... on Dispute { number title leadDepartment { code name } conferences { topic } }
        ... on Department { code name region { name } } ... on Region { name }
        ... on JointConference { domain members { code } }
      } }""",
    "entities_by_number": """
      query ($number: String!) {
        _entities(representations: [
          {__typename: "Dispute", number: $number}, {__typename: "Dispute", number: ""}
        ]) {
          ... on Dispute { id leadDepartment { code } } } }""",
    "department": """
      query ($code: String!) { department(code: $code) {
        id code name nameEn region { id code } functions { code name nameEn validFrom validTo } aliases
        successor { code } validFrom validTo active
      } }""",
    "departments": """
      query ($region: String) {
        departments(filter: {region: $region, active: true}) {
          code name region { name children { departments { code } } }
        }
        functions { code name nameEn }
      }""",
    "regions": """
      { regions { id code name nameEn level parent { name } children { code } departments { name } } }""",
    "region_with_policy": """
      query ($region: String!) { region(code: $region) { name policy { key title titleEn } } }""",
    "regions_with_policies": "{ regions(filter: {level: DISTRICT}) { code policy { key } } }",
    "conferences": """
      { jointConferences { id domain name nameEn lead { name } office { name } members { name } } }""",
    "conferences_of_city": """
      query ($city: String, $domain: String) { jointConferences(city: $city, domain: $domain) { name } }""",
    "conference_with_sessions": """
      query ($conference: ID!, $few: Int!) { jointConference(id: $conference) {
        domain sessions(first: $few) { topic dispute { number } participants { department { name } } }
        newest: sessions { status }
      } }""",
    "policies": """
      { routingPolicies {
        id key versions { number } currentVersion { rules { code } } rules(first: 2) { code }
      } }""",
    "policy_with_rules": f"""
      query ($policy: ID!, $few: Int!) {{ routingPolicy(id: $policy) {{
        title titleEn
        currentVersion {{
          {VERSION} policy {{ key }} {TEXT}
        }}
      }} }}""",
    "versions": f"{{ routingPolicies {{ key versions {{ {VERSION} }} }} }}",
    "drafts": """
      query ($first: Int!, $spare: String) {
        policyDrafts(policyKey: $spare, first: $first) {
          id title titleEn state policy { currentVersion { number } } report { errorCount failedCount }
        }
        over: policyDrafts(state: PUBLISHED) { publishedVersion { number status } }
      }""",
    "draft_with_all": f"""
      query ($draft: ID!, $few: Int!) {{ policyDraft(id: $draft) {{
        id policyKey policy {{ key title }} title titleEn state version baseNumber baseVersion {{ number }}
        note authors createdAt createdBy changedAt submittedAt submittedBy approvedAt approvedBy
        returnedReason publishedVersion {{ number }} report {{ {REPORT} }} {TEXT}
      }} }}""",
    "simulations": """
      query ($draft: ID!, $few: Int!) { policyDraft(id: $draft) { simulations(first: $few) {
        id state reason current draft { title }
      } } }""",
    "simulation_with_all": """
      query ($simulation: ID!) { policySimulation(id: $simulation) {
        id draft { id version state } draftVersion current reread state done total startedAt startedBy
        finishedAt reason scope { regions { code name } receivedFrom receivedTo channels statuses ruleIds }
        report {
          day examined unchanged changed moved readOtherwise changes { change count }
          movements { fromDepartment { code name } toDepartment { code name } count }
          byRegion { region { code name } examined changed moved } byRule { code before after kept }
          decidedBy { version { number policy { key } } count readsAlike }
        }
      } }""",
    "webhooks": """
      { webhooks {
        id url description types region { code name } department { code name } state disabledBecause
        failingSince olderUntil account createdAt createdBy version
      } }""",
    "webhook": "query ($webhook: ID!) { webhook(id: $webhook) { url state region { name } } }",
    "deliveries": """
      query ($webhook: ID!, $first: Int!) { webhookDeliveries(webhookId: $webhook, first: $first) {
        edges { cursor node {
          id webhook { id url } messageId type subject state attempts nextAt lastAt lastStatus lastProblem
          deliveredAt deadSince createdAt
        } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
      } }""",
    "deliveries_before": """
      query ($delivered: String!, $first: Int!) {
        webhookDeliveries(last: $first, before: $delivered) { nodes { id createdAt } }
      }""",
    "dead_deliveries": """
      query ($first: Int!) { webhookDeliveries(state: DEAD, first: $first) {
        nodes { id deadSince } totalCount
      } }""",
    "accounts": "{ accounts { name displayName byProvider disabledAt grants { role } } }",
    "account": """
      query ($account: String!) { account(name: $account) {
        name displayName byProvider createdAt createdBy disabledAt grants { role unit region }
        apiKeys { prefix label roles createdAt createdBy expiresAt lastUsedAt revokedAt }
      } }""",
    "changed_cases": """
      query ($simulation: ID!, $few: Int!) {
        changedCases(simulationId: $simulation, first: $few, changes: [FLAGS, LEAD]) {
          cases {
            dispute { number leadDepartment { name } } changes explainedBefore explainedAfter
            before { ...Simulated } after { ...Simulated }
          }
          hasMore errors { code message path }
        }
      }
      fragment Simulated on SimulatedDecision {
        leadDepartment { code name } coDepartments { code } conferenceDomain flags legalPath
        triageReason ruleCode
      }""",
    "difference": """
      query ($spare: String!, $draft: ID!, $few: Int!) {
        policyDifference(old: {policyKey: $spare, number: 2}, new: {draftId: $draft}) {
          count changes(after: 1, first: $few) { part kind name before after } errors { code message path }
        }
      }""",
    "exported": """
      query ($spare: String!) { exportPolicy(policy: {policyKey: $spare}, format: JSON) {
        file { name content } errors { code message path }
      } }""",
    "preview": f"""
      query ($question: PreviewRoutingInput!) {{ previewRouting(input: $question) {{
        preview {{
          {DECIDED} leadDepartment {{ name }} coDepartments {{ name }} territorialOwner {{ name }}
          unstaffedFunctions {{ code }}
        }}
        errors {{ code message path }}
      }} }}""",
    "explained": f"""
      query ($question: PreviewRoutingInput!, $rule: ID!, $language: Language) {{
        explainRouting(input: $question, ruleId: $rule) {{
          explanation {{
            rule {{ code title }} outcome decidedBy {{ code priority }}
            conditions {{ {CHECK} english: requirement(language: $language) }} failed {{ {CHECK} }}
            sentences english: sentences(language: $language)
          }}
          errors {{ code message path }}
        }}
      }}""",
    "rule_records": """
      query ($key: String!, $few: Int!) {
        ruleRecords(policyKey: $key, first: $few, orderBy: BEST_FIRST, minDecisions: 2, version: 1) {
          records {
            rule { code title } decided objected reassigned upheld upheldRate upheldRateLow upheldRateHigh
          }
          errors { code message path }
        }
      }""",
    "proposed_rule": """
      query ($key: String!, $often: ID!) { proposeRule(policyKey: $key, ruleId: $often) {
        proposal {
          rule { code } version { number } supporting opposing
          row {
            code priority title titleEn validFrom validTo regions { code }
            conditions { field operator values low high negated } outcome { leadFunction { code } }
          }
          supportingDisputes { number leadDepartment { name } } opposingDisputes { number }
        }
        errors { code message path }
      } }""",
    "similar": """
      query ($merged: ID!, $few: Int!) {
        similarDisputes(id: $merged, first: $few) {
          disputes { dispute { number leadDepartment { name } } score words mergeable }
          errors { code message path }
        }
      }""",
    "similar_to_text": """
      query ($complaint: SimilarToTextInput!) {
        similarToText(input: $complaint) { disputes { dispute { number } score words } errors { code } }
      }""",
    "merged": """
      query ($merged: ID!) { dispute(id: $merged) {
        status mergedInto { number mergedDisputes { id mergers { mergedAt } } }
        mergers { main { id } reason mergedAt mergedBy splitAt splitBy splitReason }
        repeats { repeat earlier { title } confirmedAt confirmedBy }
        withdrawnRepeats {
          repeat earlier { title } confirmedAt confirmedBy withdrawnAt withdrawnBy reason
        }
        replies { text repliedAt repliedBy }
      } }""",
    "viewer": "{ __typename viewer { account role grants { role unit region } language may } }",
    "service": "{ _service { sdl } }",
}
