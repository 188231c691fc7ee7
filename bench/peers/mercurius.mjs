// mercurius on fastify, with graphql-jit compiling an operation from its first use on.
import Fastify from 'fastify'
import { mercuriusFederationPlugin } from '@mercuriusjs/federation'
import { SDL, loaders, references, resolvers } from './data.mjs'

const app = Fastify()
app.register(mercuriusFederationPlugin, {
  schema: SDL,
  resolvers: {
    ...resolvers,
    Dispute: { ...resolvers.Dispute, __resolveReference: (found, _, context) => references.Dispute(found, context) },
    Department: { __resolveReference: (found, _, context) => references.Department(found, context) },
  },
  context: () => loaders(),
  jit: 1,
})
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
