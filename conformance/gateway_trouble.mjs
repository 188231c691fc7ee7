// Partners that are down, slow or lie, and a hub that is down: what is left of an answer through a gateway.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';

import { startPartner } from '../examples/gateway/city.mjs';
import { ask } from '../examples/gateway/processes.mjs';
import { check } from './checks.mjs';

const QUERY = `{
  disputes(filter: { region: "990103001" }, first: 2) {
    nodes {
      number
      enforcementRecords(first: 1) { number road { name } }
      berthCalls(first: 1) { ship shorePower berth { name operator { name } } }
    }
  }
}`;
const OF_THE_PARTNER = '{ monitoringStation(code: "air-yugang") { name results(first: 1) { value } } }';
const LIMIT_MS = 8_000;

/** What the port answers to `_entities`, and what it should never do to the rest of an answer. */
const LIES = {
  'a web page': () => ['text/html', '<h1>Welcome to the port</h1>'],
  'no JSON': () => ['application/json', '{"data": {"_entities": ['],
  nothing: () => ['application/json', ''],
  'a bare null': () => ['application/json', 'null'],
  'fewer entities than asked for': () => entities([]),
  'no entities at all': () => ['application/json', '{"data": {"_entities": null}}'],
  'null where its schema says there is something': (count) => entities(calls(count, { ship: null })),
  'a list where its schema says there is a text': (count) => entities(calls(count, { ship: ['a', 'b'] })),
  'a text where its schema says there are objects': (count) => entities(Array(count).fill({ __typename: 'Dispute', berthCalls: 'many' })),
  'another type than asked for': (count) => entities(Array(count).fill({ __typename: 'Farm', code: 'f-101' })),
  'an error with its inner life': () => [
    'application/json',
    JSON.stringify({ errors: [{ message: 'at /srv/port/db.js:17', extensions: { exception: { stacktrace: ['db.js:17'] } } }] }),
  ],
};

const entities = (_entities) => ['application/json', JSON.stringify({ data: { _entities } })];
const calls = (count, lie) =>
  Array(count).fill({
    __typename: 'Dispute',
    berthCalls: [{ __typename: 'BerthCall', ship: 'x', shorePower: true, berth: null, ...lie }],
  });

/** What takes all of an answer with it: Apollo's gateway walks into a list that is none. */
const BREAKS = { apollo: 'a partner that answers a text where its schema says there are objects' };

/** Serves lies on a port until it is told to stop. */
async function liar(port, lie) {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const [type, text] = lie(JSON.parse(body).variables?.representations?.length ?? 0);
    response.writeHead(200, { 'content-type': type, connection: 'close' }).end(text);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return async () => {
    server.close();
    await once(server, 'close');
  };
}

/** Checks all gateways, `{ kind: url }`. Stops partners of `started` and the hub; only the partners come back. */
export async function trouble(gateways, started) {
  const whole = {};
  for (const [kind, url] of Object.entries(gateways)) whole[kind] = await ask(url, QUERY);

  /** The rest of the answer is whole, the port's part is null. `told`: an error says so. */
  async function partial(what, { told = false } = {}) {
    for (const [kind, url] of Object.entries(gateways)) {
      if (BREAKS[kind] === what) continue;
      const begun = Date.now();
      const found = await ask(url, QUERY).catch((error) => ({ failed: error.message }));
      const nodes = found.data?.disputes?.nodes ?? [];
      const rest = nodes.map(({ berthCalls, ...others }) => others);
      const expected = whole[kind].data.disputes.nodes.map(({ berthCalls, ...others }) => others);
      const missing = nodes.every(({ berthCalls }) => berthCalls === null);
      const said = !told || found.errors?.some(({ path }) => !path || path.includes('berthCalls') || path[0] === 'disputes');
      const holds = isDeepStrictEqual(rest, expected) && missing && said && Date.now() - begun < LIMIT_MS;
      check(`${kind}: ${what}: the others' answers are whole`, holds, JSON.stringify(found));
    }
  }
  async function recovered(what) {
    for (const [kind, url] of Object.entries(gateways)) {
      const found = await ask(url, QUERY);
      check(`${kind}: ${what}: all is whole again`, isDeepStrictEqual(found, whole[kind]), JSON.stringify(found));
    }
  }

  const { port } = new URL(started.port.url);
  started.port.signal('SIGSTOP');
  await partial('a partner that does not answer in time', { told: true });
  started.port.signal('SIGCONT');
  await recovered('it goes on');

  await started.port.stop();
  await partial('a partner that is down', { told: true });
  for (const [what, lie] of Object.entries(LIES)) {
    const stop = await liar(port, lie);
    await partial(`a partner that answers ${what}`);
    await stop();
  }
  started.port = await startPartner('port', port);
  await recovered('it is started again');

  // Hive's gateway asks the partner whose the name is all the same.
  await started.transport.stop();
  const found = await ask(gateways.apollo, '{ enforcementRecord(number: "执-0001") { road { name } } }');
  const names = found.data?.enforcementRecord?.road?.name === '灯塔路' && !found.errors;
  check('apollo: @provides: a name is told without the partner whose it is', names, JSON.stringify(found));

  await started.hub.stop();
  for (const [kind, url] of Object.entries(gateways)) {
    const begun = Date.now();
    const found = await ask(url, QUERY);
    const told = found.errors?.length > 0 && !found.data?.disputes && Date.now() - begun < LIMIT_MS;
    check(`${kind}: the hub is down: that is said`, told, JSON.stringify(found));
    const own = await ask(url, OF_THE_PARTNER);
    check(`${kind}: the hub is down: partners answer for what is theirs`, own.data?.monitoringStation && !own.errors, JSON.stringify(own));
  }
}
