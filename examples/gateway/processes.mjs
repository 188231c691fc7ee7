// Processes that serve GraphQL: started, waited for, stopped.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const PATIENCE_MS = 180_000
const LAST_WORDS = 2_000

const children = new Set()
process.on('exit', () => children.forEach(end))

/** A port of this machine that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** The answer to a query; throws where there is none. */
export async function ask(url, query, variables, headers = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  })
  return answer.json()
}

/**
 * Starts a process and waits until it answers at `url`. Gives back its `pid`, `stop()` and `signal(name)`; throws
 * with its last words when it ends before that.
 */
export async function serving(name, url, command, args, { cwd, env } = {}) {
  if (await answers(url)) throw new Error(`${name} cannot be started: somebody else answers at ${url}`)
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  let words = ''
  const ended = once(child, 'exit')
    .catch((error) => (words = error.message))
    .finally(() => children.delete(child))
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => (words = (words + data).slice(-LAST_WORDS)))
  }
  const stop = async () => {
    end(child)
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await ended
    clearTimeout(late)
  }
  const until = Date.now() + PATIENCE_MS
  while (!(await answers(url))) {
    await Promise.race([ended, pause(100)])
    if (!children.has(child) || Date.now() > until) {
      await stop()
      throw new Error(`${name} did not start:\n${words.trim()}`)
    }
  }
  return { url, stop, pid: child.pid, signal: (signal) => child.kill(signal) }
}

/** Tells a process to end; one that is stopped has to go on for that. */
function end(child) {
  child.kill('SIGTERM')
  child.kill('SIGCONT')
}

async function answers(url) {
  try {
    return Boolean((await ask(url, '{ __typename }')).data)
  } catch {
    return false
  }
}
