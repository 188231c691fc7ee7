// The supergraph of several subgraphs, by either composer.
//
//   node compose.mjs supergraph.graphql hub=http://127.0.0.1:8000/graphql ecology=http://127.0.0.1:4001/graphql ...
//
// HUB_KEY is the API key to ask the hub with, where it lets nobody in without one.
import { writeFileSync } from 'node:fs'
import { argv, env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { composeServices as compose } from '@apollo/composition'
import { composeServices as composeWithHive, transformSupergraphToPublicSchema } from '@theguild/federation-composition'
import { parse, print } from 'graphql'

/** The names of the composers, that of Apollo first. */
export const COMPOSERS = { apollo: compose, hive: composeWithHive }

/**
 * Asks each subgraph of `{ name: url }` for its SDL, with the API key that `keys` has for it by name. Throws with the
 * name of the one that does not answer.
 */
export async function subgraphs(urls, keys = {}) {
  return Promise.all(
    Object.entries(urls).map(async ([name, url]) => {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(keys[name] && { 'x-api-key': keys[name] }) },
        body: JSON.stringify({ query: '{ _service { sdl } }' }),
        signal: AbortSignal.timeout(10_000),
      }).catch((error) => {
        throw new Error(`${name} does not answer at ${url}: ${error.cause?.message ?? error.message}`)
      })
      const { data, errors } = await answer.json()
      if (!data) throw new Error(`${name} does not tell its SDL: ${errors?.[0]?.message}`)
      return { name, url, typeDefs: parse(data._service.sdl) }
    }),
  )
}

/** The SDL of the supergraph. Throws with every reason why the subgraphs do not fit together. */
export function composed(services, composer = COMPOSERS.apollo) {
  const { supergraphSdl, errors } = composer(services)
  if (errors?.length) throw new Error(errors.map(({ message }) => message).join('\n'))
  return supergraphSdl
}

/** What clients see of a supergraph, as SDL. */
export function seenByClients(supergraph) {
  return print(transformSupergraphToPublicSchema(parse(supergraph)))
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const [file, ...named] = argv.slice(2)
  try {
    const urls = Object.fromEntries(named.map((each) => each.split(/=(.*)/, 2)))
    writeFileSync(file, composed(await subgraphs(urls, { hub: env.HUB_KEY })))
    console.log(`composed ${named.length} subgraphs into ${file}`)
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
