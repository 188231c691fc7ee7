// Hands in a complaint, says who leads it, and lists what waits for a person.
import { ask } from './ask.js';
import { graphql } from './gql/index.js';

const SUBMIT = graphql(`
  mutation Submit($input: SubmitDisputeInput!) {
    submitDispute(input: $input) {
      dispute { number status leadDepartment { code name } }
      errors { code message path }
    }
  }
`);
const TRIAGE = graphql(`
  query Triage($after: String) {
    disputes(filter: { status: [TRIAGE] }, first: 50, after: $after) {
      nodes { number title receivedAt }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`);

/** What the hub wants mended is data, not an exception. */
async function handIn(description: string): Promise<void> {
  const input = { description, regionCode: '990102001', channel: 'WEB', clientMutationId: crypto.randomUUID() } as const;
  const { submitDispute } = await ask(SUBMIT, { input });
  for (const error of submitDispute.errors) console.log(`${error.code} at ${error.path.join('.')}: ${error.message}`);
  const { dispute } = submitDispute;
  if (dispute) console.log(`${dispute.number}: ${dispute.leadDepartment?.name ?? 'waits for a person'}`);
}

/** All pages: a cursor names a row, so that nothing comes twice or is left out. */
async function listTriage(): Promise<void> {
  let after: string | null | undefined;
  for (;;) {
    const { disputes } = await ask(TRIAGE, { after });
    for (const { number, receivedAt, title } of disputes.nodes) console.log(number, receivedAt.slice(0, 10), title);
    if (!disputes.pageInfo.hasNextPage) return console.log(`${disputes.totalCount} wait for a person`);
    after = disputes.pageInfo.endCursor;
  }
}

await handIn('小区楼下的烧烤店油烟很大，熏得没法开窗。');
await listTriage();
