// Berth records: Apollo Server.
import { readFileSync } from 'node:fs'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'

const file = (name) => readFileSync(new URL(name, import.meta.url), 'utf8')
const { berths, calls } = JSON.parse(file('data.json'))

const berthOf = (code) => berths.find((berth) => berth.code === code)
const newest = (found, first) =>
  found.sort((a, b) => b.arrivedAt.localeCompare(a.arrivedAt)).slice(0, Math.min(Math.max(first, 0), 100))

const resolvers = {
  Query: { berth: (_, { code }) => berthOf(code) },
  Berth: {
    __resolveReference: ({ code }) => berthOf(code),
    operator: ({ operator }) => ({ code: operator }),
    calls: ({ code }, { first }) => newest(calls.filter(({ berth }) => berth === code), first),
  },
  BerthCall: { berth: ({ berth }) => berthOf(berth) },
  Region: { berths: ({ code }) => berths.filter(({ region }) => region === code) },
  Dispute: {
    berthCalls: ({ region }, { first }) =>
      newest(calls.filter(({ berth }) => berthOf(berth).region === region.code), first),
  },
}

const server = new ApolloServer({
  schema: buildSubgraphSchema([{ typeDefs: parse(file('schema.graphql')), resolvers }]),
})
const { url } = await startStandaloneServer(server, {
  listen: { host: '127.0.0.1', port: Number(process.env.PORT ?? 4005) },
})
console.log(url)
