// The schema as it is committed, and the operations that the guide to the API shows.
import { readFileSync } from 'node:fs';

export const SDL = new URL('../schema/schema.graphql', import.meta.url).pathname;
const GUIDE = new URL('../docs/api.md', import.meta.url);

/** The operations of the guide, each with its fragments. */
export function guideOperations() {
  const blocks = readFileSync(GUIDE, 'utf8').matchAll(/```graphql\n(.*?)```/gs);
  return [...blocks].map(([, text]) => text).filter((text) => /^(query|mutation|subscription)\b/.test(text));
}
