// The commands of docs/federation.md over hub and partners, as they stand there, and the answers that it shows.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

import { ask } from '../examples/gateway/processes.mjs';
import { check } from './checks.mjs';

const GUIDE = readFileSync(new URL('../docs/federation.md', import.meta.url), 'utf8');
const GATEWAY = 'http://127.0.0.1:4000/graphql';
const PATIENCE_MS = 20_000;

const blocks = (pattern) => [...GUIDE.matchAll(pattern)].map(([, text]) => text);
const [QUERY, FOLLOW, CHANGE] = blocks(/```\n(curl .*?)```/gs).filter((command) => command.includes(GATEWAY));
const [ASKED, CHANGED] = blocks(/```json\n(.*?)```/gs).map((text) => JSON.parse(text));
const [EVENT] = blocks(/```\nevent: next\ndata: (.*?)\n```/gs).map((text) => JSON.parse(text));

/** A command of the guide against another gateway, started. */
function started(command, gateway) {
  const child = spawn('bash', ['-c', `exec ${command.replace(GATEWAY, gateway)}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.setEncoding('utf8');
  return child;
}

/** What a command of the guide answers. */
async function answered(command, gateway) {
  let text = '';
  for await (const chunk of started(command, gateway).stdout) text += chunk;
  return JSON.parse(text);
}

/** Checks the guide's query and mutation, and its subscription where the gateway has them. */
export async function guide(kind, gateway) {
  const same = (what, found, expected) =>
    check(`${kind}: the guide's ${what}`, isDeepStrictEqual(found, expected), JSON.stringify(found));

  // The guide's number has the year in which somebody loaded the demo.
  const { number } = (await ask(gateway, '{ disputes(last: 1) { nodes { number } } }')).data.disputes.nodes[0];
  const [, year] = number.split('-');
  same('query', await answered(QUERY.replace('990100-2026-', `990100-${year}-`), gateway), ASKED);
  const change = () => answered(CHANGE, gateway);
  same('mutation of hub and partner', await change(), CHANGED);
  if (kind !== 'apollo') same('subscription', await followed(gateway, change), EVENT);
}

/** The first event that the guide's subscription shows, while `act` is done again and again. */
async function followed(gateway, act) {
  const child = started(FOLLOW, gateway);
  const ended = once(child, 'exit');
  const late = setTimeout(() => child.kill(), PATIENCE_MS);
  // Nobody says when the subscription has reached the hub, so it is told until something comes back.
  const again = setInterval(() => act().catch(() => {}), 500);
  let text = '';
  try {
    for await (const chunk of child.stdout) {
      text += chunk;
      const found = /^data: ?(\{.*\})$/m.exec(text);
      if (found) return JSON.parse(found[1]);
    }
    return { ended: text };
  } finally {
    clearInterval(again);
    clearTimeout(late);
    child.kill();
    await ended;
  }
}
