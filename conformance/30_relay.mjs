// Relay's compiler takes the SDL: a list by pages, an object found again by its id, a mutation; and what it
// writes type-checks, strictly.
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';

import { check, conclude } from './checks.mjs';
import { SDL } from './guide.mjs';
import { newProject, succeeds, typeChecks } from './scratch.mjs';

const CONFIG = {
  src: 'src',
  schema: 'schema.graphql',
  language: 'typescript',
  artifactDirectory: 'artifacts',
  customScalarTypes: { Date: 'string', DateTime: 'string' },
};
const DISPUTES = `
import { graphql } from 'relay-runtime';

export const list = graphql\`
  fragment Disputes_list on Query
  @refetchable(queryName: "DisputesPageQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" }) {
    disputes(first: $count, after: $cursor) @connection(key: "Disputes_disputes") {
      edges { node { id ...Disputes_card } }
      totalCount
    }
  }
\`;

export const card = graphql\`
  fragment Disputes_card on Dispute @refetchable(queryName: "DisputesCardQuery") {
    number
    title
    status
    receivedAt
    leadDepartment { code name }
  }
\`;

export const page = graphql\`
  query DisputesQuery { ...Disputes_list }
\`;

export const submit = graphql\`
  mutation DisputesSubmitMutation($input: SubmitDisputeInput!) {
    submitDispute(input: $input) {
      dispute { id ...Disputes_card }
      errors { code message path }
    }
  }
\`;
`;
const USE = `
import type { DisputesSubmitMutation$data, DisputesSubmitMutation$variables } from './artifacts/DisputesSubmitMutation.graphql';

export const given: DisputesSubmitMutation$variables = {
  input: { description: 'text', regionCode: '990121101', channel: 'WEB' },
};
export const refused = (answer: DisputesSubmitMutation$data): string[] =>
  answer.submitDispute.errors.map((error) => error.code);
// @ts-expect-error the payload has no such field
export const wrong = (answer: DisputesSubmitMutation$data) => answer.submitDispute.nothing;
`;

const folder = newProject();
mkdirSync(`${folder}/src`);
mkdirSync(`${folder}/artifacts`);
copyFileSync(SDL, `${folder}/schema.graphql`);
writeFileSync(`${folder}/relay.config.json`, JSON.stringify(CONFIG));
writeFileSync(`${folder}/src/Disputes.ts`, DISPUTES);
writeFileSync(`${folder}/use.ts`, USE);
succeeds('relay-compiler', ['relay.config.json'], folder);
const artifacts = readdirSync(`${folder}/artifacts`);
check(`an artifact for each operation and fragment (${artifacts.length})`, artifacts.length === 6);
typeChecks(['use.ts', ...artifacts.map((name) => `artifacts/${name}`)], folder);
conclude();
