// GraphQL over HTTP: the server audit of graphql-http, every SHOULD of it taken as a MUST.
import { auditServer } from 'graphql-http';

import { check, conclude } from './checks.mjs';
import { startHub } from './hub.mjs';

const hub = await startHub();
try {
  for (const audit of await auditServer({ url: `${hub.address}/graphql` })) {
    check(`${audit.id} ${audit.name}`, audit.status === 'ok', audit.reason);
  }
} finally {
  await hub.stop();
}
conclude();
