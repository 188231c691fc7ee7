// Where people sign in, a gateway passes on who asks, and the hub shows through it what it would show directly.
import { execFile } from 'node:child_process';
import { isDeepStrictEqual, promisify } from 'node:util';

import { GATEWAYS, servicesOf, startGateway, startHub, startPartner, stopAll } from '../examples/gateway/city.mjs';
import { COMPOSERS, composed } from '../examples/gateway/compose.mjs';
import { ask, freePort } from '../examples/gateway/processes.mjs';
import { check, conclude } from './checks.mjs';
import { newFolder } from './scratch.mjs';

const LIANXI = new URL('../.venv/bin/lianxi', import.meta.url).pathname;
const DISTRICT = '990103';
const QUERY = '{ disputes(first: 5) { nodes { number region { code } berthCalls { ship } } } }';
const OF_THE_HUB = '{ disputes(first: 5) { nodes { number region { code } } } }';

const settings = {
  LIANXI_DATABASE_URL: `sqlite+aiosqlite:///${newFolder()}/hub.db`,
  LIANXI_LANGUAGE: 'en',
  LIANXI_SIGN_IN: 'required',
};
const lianxi = async (...args) =>
  (await promisify(execFile)(LIANXI, args, { env: { ...process.env, ...settings } })).stdout;

const started = {};
try {
  started.hub = await startHub(await freePort(), settings);
  started.port = await startPartner('port', await freePort());
  await lianxi('user', 'add', 'port-system', '--role', 'partner_system', '--region', DISTRICT);
  const key = /\blx_\S+/.exec(await lianxi('key', 'add', 'port-system', '--label', 'gateway'))[0];
  const services = await servicesOf({ hub: started.hub, port: started.port }, { hub: key });
  const direct = (await ask(started.hub.url, OF_THE_HUB, {}, { 'x-api-key': key })).data.disputes.nodes;

  for (const kind of Object.keys(GATEWAYS)) {
    const { url } = (started[kind] = await startGateway(kind, composed(services, COMPOSERS[kind]), await freePort()));
    const says = (what, holds, found) => check(`${kind}: ${what}`, holds, JSON.stringify(found));

    for (const [how, headers] of Object.entries({
      'an API key': { 'x-api-key': key },
      'a bearer token': { authorization: `Bearer ${key}` },
    })) {
      const found = await ask(url, QUERY, {}, headers);
      const nodes = found.data?.disputes?.nodes ?? [];
      const own = nodes.map(({ berthCalls, ...others }) => others);
      const whole = nodes.length === 5 && isDeepStrictEqual(own, direct) && nodes.every(({ berthCalls }) => berthCalls);
      says(`with ${how}: what the hub shows directly, and the partner's fields`, whole, found);
      says(`with ${how}: only what is in reach`, own.every(({ region }) => region.code.startsWith(DISTRICT)), found);
    }
    const nobody = await ask(url, QUERY);
    says('without a credential: no disputes', nobody.errors?.length > 0 && !nobody.data?.disputes, nobody);
    const open = await ask(url, '{ regions { code } }');
    says('without a credential: what is public', open.data?.regions?.length > 5 && !open.errors, open);
    const stranger = await ask(url, QUERY, {}, { 'x-api-key': `${key.slice(0, -4)}0000` });
    says('with a bad credential: no disputes', stranger.errors?.length > 0 && !stranger.data?.disputes, stranger);
  }
} catch (error) {
  check('the script goes to its end', false, error.stack);
} finally {
  await stopAll(started);
}
conclude();
