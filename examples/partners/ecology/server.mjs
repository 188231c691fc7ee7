// Monitoring results: GraphQL Yoga, which has subscriptions over server-sent events.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import { createPubSub, createYoga, filter, pipe } from 'graphql-yoga'

const file = (name) => readFileSync(new URL(name, import.meta.url), 'utf8')
const { limits, stations, results } = JSON.parse(file('data.json'))
const recorded = createPubSub()

const newestFirst = (found) => found.sort((a, b) => b.measuredAt.localeCompare(a.measuredAt))
const stationOf = (code) => stations.find((station) => station.code === code)
const resultsOf = (...codes) => newestFirst(results.filter((result) => codes.includes(result.station)))
const atMost = (found, first) => found.slice(0, Math.min(Math.max(first, 0), 100))

const resolvers = {
  Query: { monitoringStation: (_, { code }) => stationOf(code) },
  Mutation: {
    recordMonitoringResult(_, { input: { stationCode, disputeId, ...measured } }) {
      if (!stationOf(stationCode)) return { problem: `no station has the code ${stationCode.slice(0, 40)}` }
      const result = {
        ...measured,
        id: `r-${results.length + 1}`,
        station: stationCode,
        disputeId,
        measuredAt: new Date().toISOString(),
        provisional: true,
      }
      results.push(result)
      recorded.publish('recorded', result)
      return { result }
    },
  },
  Subscription: {
    monitoringResultRecorded: {
      subscribe: (_, { region }) =>
        pipe(
          recorded.subscribe('recorded'),
          filter((result) => !region || stationOf(result.station).region === region),
        ),
      resolve: (result) => result,
    },
  },
  MonitoringStation: {
    __resolveReference: ({ code }) => stationOf(code),
    region: ({ region }) => ({ code: region }),
    position: ({ latitude, longitude }) => ({ latitude, longitude }),
    results: ({ code }, { first }) => atMost(resultsOf(code), first),
  },
  MonitoringResult: {
    __resolveReference: ({ id }) => results.find((result) => result.id === id),
    station: ({ station }) => stationOf(station),
    dispute: ({ disputeId }) => (disputeId ? { id: disputeId } : null),
    provisional: ({ provisional }) => provisional ?? false,
  },
  Dispute: {
    // The gateway asks the hub for `region { code }` first and sends it along with the id.
    monitoringResults({ id, region }, { first }) {
      const own = newestFirst(results.filter(({ disputeId }) => disputeId === id))
      const codes = stations.filter((station) => station.region === region.code).map(({ code }) => code)
      return atMost([...own, ...resultsOf(...codes).filter((result) => !own.includes(result))], first)
    },
  },
  Region: {
    monitoringStations: ({ code }) => stations.filter(({ region }) => region === code),
  },
  JointConference: {
    exceedances: ({ domain }, { first }) =>
      domain === 'environment'
        ? atMost(newestFirst(results.filter(({ substance, value }) => value > limits[substance])), first)
        : [],
  },
}

const yoga = createYoga({
  schema: buildSubgraphSchema([{ typeDefs: parse(file('schema.graphql')), resolvers }]),
  graphiql: false,
  logging: 'warn',
})
const server = createServer(yoga)
server.listen(Number(process.env.PORT ?? 4001), '127.0.0.1', () =>
  console.log(`http://127.0.0.1:${server.address().port}/graphql`),
)
