// Road-maintenance orders: mercurius on fastify.
import { readFileSync } from 'node:fs'
import { buildSubgraphSchema } from '@apollo/subgraph'
import Fastify from 'fastify'
import { parse } from 'graphql'
import mercurius from 'mercurius'

const file = (name) => readFileSync(new URL(name, import.meta.url), 'utf8')
const { roads, orders, berths } = JSON.parse(file('data.json'))

const resolvers = {
  Query: { road: (_, { code }) => roads.find((road) => road.code === code) },
  Road: {
    __resolveReference: ({ code }) => roads.find((road) => road.code === code),
    maintenanceOrders: ({ code }) => orders.filter(({ road }) => road === code),
  },
  MaintenanceOrder: {
    road: (order) => roads.find(({ code }) => code === order.road),
    department: ({ department }) => ({ code: department }),
    region: ({ region }) => ({ code: region }),
    position: ({ latitude, longitude }) => (latitude === undefined ? null : { latitude, longitude }),
  },
  Department: { maintenanceOrders: ({ code }) => orders.filter(({ department }) => department === code) },
  Dispute: {
    maintenanceOrders: (dispute) => orders.filter(({ region }) => region === dispute.region.code),
  },
  Region: { berths: ({ code }) => berths.filter(({ region }) => region === code) },
  Berth: { __resolveReference: ({ code }) => berths.find((berth) => berth.code === code) },
}

const app = Fastify()
app.register(mercurius, {
  schema: buildSubgraphSchema([{ typeDefs: parse(file('schema.graphql')), resolvers }]),
})
const address = await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 4004) })
console.log(`${address}/graphql`)
