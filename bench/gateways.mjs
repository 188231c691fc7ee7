// Both gateways over a hub that is running and the example partners, for gateway.py:  node gateways.mjs HUB_URL
// Prints one line of JSON, `{ name: { url, pid } }`, and stops everything when its input ends.
import { argv, stdin } from 'node:process'
import { GATEWAYS, PARTNERS, servicesOf, startGateway, startPartner, stopAll } from '../examples/gateway/city.mjs'
import { composed } from '../examples/gateway/compose.mjs'
import { freePort } from '../examples/gateway/processes.mjs'

const subgraphs = { hub: { url: argv[2], stop: () => {} } }
for (const name of Object.keys(PARTNERS)) subgraphs[name] = await startPartner(name, await freePort())
const supergraph = composed(await servicesOf(subgraphs))
const gateways = {}
for (const kind of Object.keys(GATEWAYS)) gateways[kind] = await startGateway(kind, supergraph, await freePort())
console.log(JSON.stringify(gateways))
stdin.on('end', () => stopAll({ ...subgraphs, ...gateways })).resume()
