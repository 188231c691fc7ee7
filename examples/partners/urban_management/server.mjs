// Law-enforcement records: Apollo Server.
import { readFileSync } from 'node:fs'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'

const file = (name) => readFileSync(new URL(name, import.meta.url), 'utf8')
const { roads, records } = JSON.parse(file('data.json'))

const newest = (found, first) =>
  found.sort((a, b) => b.decidedOn.localeCompare(a.decidedOn)).slice(0, Math.min(Math.max(first, 0), 100))

const resolvers = {
  Query: { enforcementRecord: (_, { number }) => records.find((record) => record.number === number) },
  EnforcementRecord: {
    __resolveReference: ({ number }) => records.find((record) => record.number === number),
    department: ({ department }) => ({ code: department }),
    region: ({ region }) => ({ code: region }),
    road: ({ road }) => road && { code: road, name: roads[road] },
  },
  Department: {
    enforcementRecords: ({ code }, { first }) =>
      newest(records.filter(({ department }) => department === code), first),
  },
  Dispute: {
    enforcementRecords: (dispute, { first }) =>
      newest(records.filter(({ region }) => region === dispute.region.code), first),
  },
}

const server = new ApolloServer({
  schema: buildSubgraphSchema([{ typeDefs: parse(file('schema.graphql')), resolvers }]),
})
const { url } = await startStandaloneServer(server, {
  listen: { host: '127.0.0.1', port: Number(process.env.PORT ?? 4002) },
})
console.log(url)
