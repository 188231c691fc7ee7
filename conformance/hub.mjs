// A hub with the demo city, as a process of its own on a free port: `hub.py` for scripts of Node.
import { execFileSync, spawn } from 'node:child_process';
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

/** A key of a partner system that reaches a region, made at the database of a hub where people sign in. */
export function partnerKey(url, region) {
  const script = 'import sys; from hub import partner_key; print(partner_key(*sys.argv[1:]))';
  const cwd = new URL('.', import.meta.url).pathname;
  return execFileSync(PYTHON, ['-c', script, url, region], { cwd, encoding: 'utf8' }).trim();
}
