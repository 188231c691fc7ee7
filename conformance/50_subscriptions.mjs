// The clients of graphql-ws and graphql-sse subscribe, hear of what happens, lose their connection and go on;
// Apollo's way of parts over HTTP is read by hand.
import { createClient as createEventClient } from 'graphql-sse';
import { CloseCode, createClient } from 'graphql-ws';
import WebSocket from 'ws';

import { check, conclude } from './checks.mjs';
import { startHub } from './hub.mjs';

const CHANGES = 'subscription($after: Int) { disputeChanged(after: $after) { number type dispute { number } } }';
const SUBMIT = `mutation($input: SubmitDisputeInput!) {
  submitDispute(input: $input) { dispute { number } errors { code } }
}`;
const COMPLAINT = { description: '小区楼下的烧烤店油烟很大,熏得没法开窗。', regionCode: '990102001', channel: 'WEB' };
const KINDS = ['submitted', 'routed', 'assigned'].map((kind) => `lianxi.dispute.${kind}.v1`);

const hub = await startHub();
const url = `${hub.address}/graphql`;

/** Submits a complaint; answers with its number. */
async function submit() {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: SUBMIT, variables: { input: COMPLAINT } }),
  });
  return (await answer.json()).data.submitDispute.dispute.number;
}

/** What a client hears of the next dispute that is submitted, and then of another one after the last of that. */
async function hears(name, client) {
  const first = client.iterate({ query: CHANGES });
  // Both clients subscribe when the first answer is asked for.
  const coming = first.next();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const number = await submit();
  const heard = [(await coming).value, (await first.next()).value, (await first.next()).value];
  const changes = heard.map((each) => each.data.disputeChanged);
  check(`${name}: all that happens, in order`, changes.every((each, at) => each.type === KINDS[at]));
  check(`${name}: of the dispute that was submitted`, changes.every((each) => each.dispute.number === number));
  await first.return();
  const missed = await submit();
  const second = client.iterate({ query: CHANGES, variables: { after: changes[2].number } });
  const again = (await second.next()).value.data.disputeChanged;
  check(`${name}: what was missed is told after a number`, again.dispute.number === missed && again.number > changes[2].number);
  await second.return();
}

/** The errors that a client is told of an operation. */
async function refused(client, query) {
  try {
    for await (const answer of client.iterate({ query })) return answer.errors ?? [];
  } catch (errors) {
    return Array.isArray(errors) ? errors : [errors];
  }
  return [];
}

const overSocket = (more = {}) =>
  createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0, ...more });

const socket = overSocket({ keepAlive: 200 });
await hears('graphql-ws', socket);
const [invalid] = await refused(socket, 'subscription { nothing }');
check('graphql-ws: a field that is none', invalid?.extensions?.code === 'BAD_USER_INPUT', JSON.stringify(invalid));
const [query] = await refused(socket, '{ viewer { account } }');
check('graphql-ws: a query', query?.extensions?.code === 'BAD_USER_INPUT', JSON.stringify(query));
await socket.dispose();

const events = createEventClient({ url, retryAttempts: 0 });
await hears('graphql-sse', events);
const [unfit] = await refused(events, 'subscription { nothing }');
check('graphql-sse: a field that is none', unfit?.extensions?.code === 'BAD_USER_INPUT', JSON.stringify(unfit));
for await (const answer of events.iterate({ query: '{ viewer { account } }' })) {
  check('graphql-sse: a query', answer.data?.viewer.account === 'demo-administrator', JSON.stringify(answer));
}
events.dispose();

/** The code that a connection is closed with after some messages. */
function closed(messages, protocol = 'graphql-transport-ws') {
  return new Promise((resolve) => {
    const bare = new WebSocket(url.replace('http', 'ws'), protocol);
    bare.on('open', () => messages.forEach((each) => bare.send(each)));
    bare.on('close', resolve);
    bare.on('error', () => resolve(0));
  });
}
const INIT = '{"type":"connection_init"}';
const subscribe = (id) => JSON.stringify({ type: 'subscribe', id, payload: { query: CHANGES } });
const codes = [
  ['no JSON', ['nothing'], CloseCode.BadRequest],
  ['an unknown message', [INIT, '{"type":"other"}'], CloseCode.BadRequest],
  ['a subscription too early', [subscribe('1')], CloseCode.Unauthorized],
  ['two of one id', [INIT, subscribe('1'), subscribe('1')], CloseCode.SubscriberAlreadyExists],
  ['two beginnings', [INIT, INIT], CloseCode.TooManyInitialisationRequests],
];
for (const [name, messages, code] of codes) {
  const found = await closed(messages);
  check(`graphql-ws: ${name} closes with ${code}`, found === code, String(found));
}
const protocol = await closed([], 'graphql-ws');
check('graphql-ws: the older protocol is not taken', [CloseCode.SubprotocolNotAcceptable, 0, 1006].includes(protocol), String(protocol));

const parts = await fetch(url, {
  method: 'POST',
  headers: {
    'content-type': 'application/json',
    accept: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json',
  },
  body: JSON.stringify({ query: CHANGES, variables: { after: 1 } }),
});
check('parts: the media type', parts.headers.get('content-type').startsWith('multipart/mixed;boundary="graphql"'));
const { value } = await parts.body.getReader().read();
const part = new TextDecoder().decode(value);
check('parts: an answer as a payload', JSON.parse(part.split('\r\n').at(-1)).payload.data.disputeChanged.number > 1, part);

await hub.stop();
conclude();
