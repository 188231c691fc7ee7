// Apollo Gateway over a supergraph:  node apollo.mjs supergraph.graphql
//
// Queries and mutations. Apollo's gateway on Node carries no subscriptions.
import { readFileSync } from 'node:fs'
import { argv, env } from 'node:process'
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { parse, print, visit } from 'graphql'

/** What of a client's request the subgraphs get to see: who asks, and in which language. */
const PASSED_ON = ['authorization', 'x-api-key', 'accept-language', 'lianxi-account']
const PATIENCE_MS = Number(env.PATIENCE_MS ?? 5_000)

/** Gives up on a subgraph that takes too long: its fields are null then, with an error that names it. */
const patient = (url, options) => fetch(url, { ...options, signal: AbortSignal.timeout(PATIENCE_MS) })

const RIGHTS = ['authenticated', 'requiresScopes', 'policy']

/**
 * A supergraph without what it says of rights: Apollo's router enforces that, its gateway on Node will not start
 * with it. Nothing is lost, as the hub lets nobody read or do what is not theirs, whoever asks.
 */
function withoutRights(supergraph) {
  const isOne = ({ name }) => RIGHTS.includes(name.value.split('__')[0])
  const linksOne = ({ name, arguments: given }) =>
    name.value === 'link' && given.some(({ value }) => RIGHTS.some((right) => value.value?.includes?.(`/${right}/`)))
  return print(
    visit(parse(supergraph), {
      Directive: (node) => (isOne(node) || linksOne(node) ? null : undefined),
      DirectiveDefinition: (node) => (isOne(node) ? null : undefined),
      ScalarTypeDefinition: (node) => (isOne(node) ? null : undefined),
    }),
  )
}

class Subgraph extends RemoteGraphQLDataSource {
  willSendRequest({ request, context }) {
    for (const [name, value] of Object.entries(context)) request.http.headers.set(name, value)
  }
}

const gateway = new ApolloGateway({
  supergraphSdl: withoutRights(readFileSync(argv[2], 'utf8')),
  buildService: ({ name, url }) => new Subgraph({ name, url, fetcher: patient }),
})
const server = new ApolloServer({ gateway, includeStacktraceInErrorResponses: false })
const { url } = await startStandaloneServer(server, {
  listen: { host: '127.0.0.1', port: Number(env.PORT ?? 4000) },
  context: async ({ req }) =>
    Object.fromEntries(PASSED_ON.filter((name) => req.headers[name]).map((name) => [name, req.headers[name]])),
})
console.log(url)
