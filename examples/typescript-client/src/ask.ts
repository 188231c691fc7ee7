import type { TypedDocumentString } from './gql/graphql.js';

const HUB = process.env['HUB'] ?? 'http://127.0.0.1:8000';

/** What the hub refused as a whole; `code` is one of those in docs/errors.md. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(`${code}: ${message}`);
  }
}

interface Answer<Data> {
  data?: Data;
  errors?: { message: string; extensions: { code: string } }[];
}

/** The data of an operation, typed by its document. Throws Refused. */
export async function ask<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const key = process.env['LIANXI_KEY'];
  const response = await fetch(`${HUB}/graphql`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/graphql-response+json',
      'Accept-Language': 'zh',
      ...(key && { Authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
  const { data, errors } = (await response.json()) as Answer<Data>;
  const [error] = errors ?? [];
  if (error) throw new Refused(error.extensions.code, error.message);
  if (!data) throw new Refused('INTERNAL', `status ${response.status}`);
  return data;
}
