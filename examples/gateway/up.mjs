// Hub, partners and a gateway in one go:  node up.mjs [hive|apollo]
import { argv, exit } from 'node:process'
import { GATEWAYS, servicesOf, startGateway, startSubgraphs, stopAll } from './city.mjs'
import { composed } from './compose.mjs'
import { ask } from './processes.mjs'

const PORTS = { hub: 8000, ecology: 4001, urban_management: 4002, agriculture: 4003, transport: 4004, port: 4005 }
const GATEWAY_PORT = 4000
const EXAMPLE = `{
  disputes(filter: { region: "990103002" }, first: 1) {
    nodes {
      number
      title
      leadDepartment { name maintenanceOrders { work from } }
      monitoringResults(first: 1) { substance value unit station { name } }
      berthCalls(first: 1) { ship shorePower berth { name } }
    }
  }
}`

const kind = argv[2] ?? 'hive'
if (!(kind in GATEWAYS)) {
  console.error(`no such gateway: ${kind}; there are ${Object.keys(GATEWAYS).join(' and ')}`)
  exit(2)
}
const started = {}
const stop = async () => {
  await stopAll(started)
  exit(0)
}
process.once('SIGINT', stop).once('SIGTERM', stop)

try {
  console.log('starting the hub and five partners (the first time the demo city is loaded: a minute)')
  Object.assign(started, await startSubgraphs(PORTS))
  started.gateway = await startGateway(kind, composed(await servicesOf(started)), GATEWAY_PORT)
} catch (error) {
  console.error(error.message)
  await stopAll(started)
  exit(1)
}
for (const [name, { url }] of Object.entries(started)) console.log(`${name.padEnd(18)}${url}`)
console.log(`\nFor example, over hub, transport, ecology and port:\n\n${EXAMPLE}\n`)
console.log(JSON.stringify(await ask(started.gateway.url, EXAMPLE), null, 2))
console.log('\nCtrl-C stops all of it.')
