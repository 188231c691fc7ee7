// The hub with the demo city, its five partners, and a gateway over all of them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { subgraphs } from './compose.mjs'
import { freePort, serving } from './processes.mjs'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const ROOT = join(HERE, '..', '..')
const BIN = join(ROOT, '.venv', 'bin')
const NODE = { command: process.execPath, args: () => ['server.mjs'], path: '/graphql' }

/** How each partner is started, and where it answers. */
export const PARTNERS = {
  ecology: NODE,
  urban_management: NODE,
  agriculture: {
    command: join(BIN, 'python'),
    args: (port) => ['-m', 'uvicorn', 'farms:app', '--port', `${port}`, '--log-level', 'warning'],
    path: '/graphql',
  },
  transport: NODE,
  port: NODE,
}

/** How each gateway is started over a supergraph. */
export const GATEWAYS = {
  hive: (supergraph, port) => [
    join(HERE, 'node_modules', '.bin', 'hive-gateway'),
    ['supergraph', supergraph, '--config-path', 'hive.config.mjs', '--port', `${port}`],
  ],
  apollo: (supergraph) => [process.execPath, ['apollo.mjs', supergraph]],
}

/** Starts one partner on a port. */
export function startPartner(name, port) {
  const { command, args, path } = PARTNERS[name]
  return serving(name, `http://127.0.0.1:${port}${path}`, command, args(port), {
    cwd: join(HERE, '..', 'partners', name),
    env: { PORT: `${port}` },
  })
}

/** Starts a hub with the demo city; `settings` are its environment. */
export function startHub(port, settings = {}) {
  const args = ['serve', '--demo', '--port', `${port}`]
  return serving('hub', `http://127.0.0.1:${port}/graphql`, join(BIN, 'lianxi'), args, { cwd: ROOT, env: settings })
}

/** Starts a gateway, `hive` or `apollo`, over the SDL of a supergraph; `settings` are its environment. */
export async function startGateway(kind, sdl, port, settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'supergraph-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'supergraph.graphql')
  writeFileSync(file, sdl)
  const [command, args] = GATEWAYS[kind](file, port)
  const env = { ...settings, PORT: `${port}`, NODE_ENV: 'production' }
  return serving(kind, `http://127.0.0.1:${port}/graphql`, command, args, { cwd: HERE, env })
}

/**
 * Starts hub and partners side by side, on ports by name or else on free ones. Gives back what was started by
 * name, and stops all of it when one of them does not start.
 */
export async function startSubgraphs(ports = {}, settings = {}) {
  const start = async (name) => {
    const port = ports[name] ?? (await freePort())
    return [name, await (name === 'hub' ? startHub(port, settings) : startPartner(name, port))]
  }
  const outcomes = await Promise.allSettled(['hub', ...Object.keys(PARTNERS)].map(start))
  const started = Object.fromEntries(outcomes.filter(({ value }) => value).map(({ value }) => value))
  const failed = outcomes.find(({ reason }) => reason)
  if (failed) {
    await stopAll(started)
    throw failed.reason
  }
  return started
}

/** Stops what was started. */
export async function stopAll(started) {
  await Promise.all(Object.values(started).map(({ stop }) => stop()))
}

/** The subgraphs as composers take them; `keys` are API keys by name. */
export function servicesOf(started, keys) {
  return subgraphs(Object.fromEntries(Object.entries(started).map(([name, { url }]) => [name, url])), keys)
}
