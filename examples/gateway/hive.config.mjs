// Hive Gateway:  hive-gateway supergraph supergraph.graphql --config-path hive.config.mjs
import { env } from 'node:process'
import { defineConfig } from '@graphql-hive/gateway'

/** What of a client's request the subgraphs get to see: who asks, and in which language. */
const PASSED_ON = ['authorization', 'x-api-key', 'accept-language', 'lianxi-account']

export const gatewayConfig = defineConfig({
  host: '127.0.0.1',
  graphqlEndpoint: '/graphql',
  landingPage: false,
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) =>
      Object.fromEntries(
        PASSED_ON.filter((name) => request.headers.has(name)).map((name) => [name, request.headers.get(name)]),
      ),
  },
  // Gives up on a subgraph that takes too long: its fields are null then, with an error that names it.
  upstreamTimeout: Number(env.PATIENCE_MS ?? 5_000),
})
