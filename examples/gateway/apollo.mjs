// Apollo Gateway over a supergraph:  node apollo.mjs supergraph.graphql
//
// Queries and mutations. Apollo's gateway on Node carries no subscriptions.
import { readFileSync } from 'node:fs'
import { argv, env } from 'node:process'
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'

/** What of a client's request the subgraphs get to see: who asks, and in which language. */
const PASSED_ON = ['authorization', 'x-api-key', 'accept-language', 'lianxi-account']
const PATIENCE_MS = Number(env.PATIENCE_MS ?? 5_000)

/** Gives up on a subgraph that takes too long: its fields are null then, with an error that names it. */
const patient = (url, options) => fetch(url, { ...options, signal: AbortSignal.timeout(PATIENCE_MS) })

class Subgraph extends RemoteGraphQLDataSource {
  willSendRequest({ request, context }) {
    for (const [name, value] of Object.entries(context)) request.http.headers.set(name, value)
  }
}

const gateway = new ApolloGateway({
  supergraphSdl: readFileSync(argv[2], 'utf8'),
  buildService: ({ name, url }) => new Subgraph({ name, url, fetcher: patient }),
})
const server = new ApolloServer({ gateway, includeStacktraceInErrorResponses: false })
const { url } = await startStandaloneServer(server, {
  listen: { host: '127.0.0.1', port: Number(env.PORT ?? 4000) },
  context: async ({ req }) =>
    Object.fromEntries(PASSED_ON.filter((name) => req.headers[name]).map((name) => [name, req.headers[name]])),
})
console.log(url)
