// A hub with the demo city, as a process of its own on a free port: `hub.py` for scripts of Node.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const PYTHON = new URL('../.venv/bin/python', import.meta.url).pathname;
const HUB = new URL('hub.py', import.meta.url).pathname;

/**
 * Starts a hub. Answers with its address, without a path, and a function that stops it.
 * `settings` are settings of the hub by name, in lower case: `{ graphql_max_depth: '20' }`.
 */
export async function startHub(settings = {}) {
  const child = spawn(PYTHON, [HUB, ...Object.entries(settings).map(([name, value]) => `${name}=${value}`)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  for await (const line of createInterface(child.stdout)) {
    return {
      address: line,
      stop: async () => {
        child.stdin.end();
        await ended;
      },
    };
  }
  throw new Error('the hub did not start');
}
