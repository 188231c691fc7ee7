// graphql-codegen takes the SDL and the guide's operations; what it writes type-checks, strictly.
import { generate } from '@graphql-codegen/cli';
import { writeFileSync } from 'node:fs';

import { check, conclude } from './checks.mjs';
import { guideOperations, SDL } from './guide.mjs';
import { newProject, typeChecks } from './scratch.mjs';

const config = { scalars: { Date: 'string', DateTime: 'string' }, enumsAsTypes: true };
const WRITTEN = {
  typescript: { 'schema.ts': { plugins: ['typescript'], config } },
  'typescript-operations': { 'operations.ts': { plugins: ['typescript-operations'], config } },
  'client preset': { 'client/': { preset: 'client', config } },
};
const USE = `
import { graphql } from './client';
import type { DisputeQuery } from './operations';
import type { SubmitDisputeInput } from './schema';

export const input: SubmitDisputeInput = { description: 'text', regionCode: '990121101', channel: 'WEB' };
export const title = (data: DisputeQuery): string | undefined => data.dispute?.title;
// @ts-expect-error a dispute has no such field
export const wrong = (data: DisputeQuery) => data.dispute?.nothing;
export const document = graphql('query None { __typename }');
`;

const documents = guideOperations();
check(`the guide shows operations (${documents.length})`, documents.length >= 10);
const folder = newProject();
for (const [name, outputs] of Object.entries(WRITTEN)) {
  const generates = Object.fromEntries(Object.entries(outputs).map(([path, how]) => [`${folder}/${path}`, how]));
  try {
    const files = await generate({ schema: SDL, documents, generates, silent: true }, true);
    check(`${name} (${files.length})`, files.length > 0);
  } catch (error) {
    check(name, false, String(error));
  }
}
writeFileSync(`${folder}/use.ts`, USE);
typeChecks(['use.ts'], folder);
conclude();
