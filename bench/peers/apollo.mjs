// Apollo Server with its standalone HTTP server, as its documentation starts a subgraph.
import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled'
import { startStandaloneServer } from '@apollo/server/standalone'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import { SDL, loaders, references, resolvers } from './data.mjs'

const schema = buildSubgraphSchema([{
  typeDefs: parse(SDL),
  resolvers: {
    ...resolvers,
    Dispute: { ...resolvers.Dispute, __resolveReference: references.Dispute },
    Department: { __resolveReference: references.Department },
  },
}])
const server = new ApolloServer({ schema, plugins: [ApolloServerPluginInlineTraceDisabled()] })
await startStandaloneServer(server, {
  listen: { host: '127.0.0.1', port: Number(process.env.PORT) },
  context: async () => loaders(),
})
