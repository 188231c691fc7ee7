// What a partner's developer does on the first day, through a gateway: ask across hub and partners, change
// something in either, follow what happens.
import { isDeepStrictEqual } from 'node:util';

import { ask } from '../examples/gateway/processes.mjs';
import { check } from './checks.mjs';

const HARBOUR = '990103001';
const FARMLAND = '990121200';
const TOWN = '990102001';

const OF_THE_HUB = 'number title leadDepartment { code name } region { code name }';
const AT_THE_HARBOUR = `query ($region: String!) {
  disputes(filter: { region: $region }, first: 2) {
    nodes {
      ${OF_THE_HUB}
      monitoringResults(first: 1) { id value unit station { name position { latitude } region { name } } }
      enforcementRecords(first: 1) { number outcome department { name } road { name maintenanceOrders { number } } }
      farms { code }
      maintenanceOrders { number road { name } department { code } }
      berthCalls(first: 1) { ship berth { name operator { name } } }
    }
  }
}`;
const OF_THE_PARTNERS = {
  monitoringResults: [
    {
      id: 'r-2',
      value: 92,
      unit: 'μg/m³',
      station: { name: '屿港空气站', position: { latitude: 29.871 }, region: { name: '屿港街道' } },
    },
  ],
  enforcementRecords: [
    {
      number: '执-0001',
      outcome: 'FINED',
      department: { name: '青屿区城市管理局' },
      road: { name: '灯塔路', maintenanceOrders: [{ number: '养-0101' }, { number: '养-0102' }] },
    },
  ],
  farms: [],
  maintenanceOrders: [
    { number: '养-0102', road: { name: '灯塔路' }, department: { code: '990103-construction-transport' } },
  ],
  berthCalls: [
    { ship: '青屿七号', berth: { name: '屿港作业区1号泊位', operator: { name: '青屿区港航事业发展中心' } } },
  ],
};

const RECORD = `mutation ($input: RecordMonitoringResultInput!) {
  recordMonitoringResult(input: $input) { problem result { id value dispute { number title } } }
}`;
const SUBMIT = `mutation ($input: SubmitDisputeInput!) {
  submitDispute(input: $input) {
    dispute { id number leadDepartment { code maintenanceOrders { number } } maintenanceOrders { number } }
    errors { code message path }
  }
}`;
const FOLLOW = `subscription ($region: String) {
  monitoringResultRecorded(region: $region) { value station { name region { name } } dispute { number title } }
}`;
const WATCH = `subscription ($region: String) {
  disputeChanged(filter: { region: $region }) { type dispute { title maintenanceOrders { number } } }
}`;

/** Checks one gateway. `hub` and `ecology` are the addresses that it stands before. */
export async function journey(kind, gateway, { hub, ecology }) {
  const says = (what, holds, found) => check(`${kind}: ${what}`, holds, JSON.stringify(found));
  const same = (what, found, expected) => says(what, isDeepStrictEqual(found, expected), found);

  const direct = await ask(hub, `{ disputes(filter: { region: "${HARBOUR}" }, first: 2) { nodes { ${OF_THE_HUB} } } }`);
  const across = await ask(gateway, AT_THE_HARBOUR, { region: HARBOUR });
  same('a query over hub and five partners', across, {
    data: { disputes: { nodes: direct.data.disputes.nodes.map((node) => ({ ...node, ...OF_THE_PARTNERS })) } },
  });

  const farmland = `{ disputes(filter: { region: "${FARMLAND}" }, first: 100) { nodes {
    facts { field words } farms { name heads kind }
  } } }`;
  const { nodes } = (await ask(gateway, farmland)).data.disputes;
  const speaksOfFarms = ({ facts }) => facts.some(({ field, words }) => field === 'sector' && words.includes('agriculture'));
  says(
    '@requires: the register gets the facts of the decision',
    nodes.some(speaksOfFarms) && nodes.every((node) => node.farms.length === (speaksOfFarms(node) ? 2 : 0)),
    nodes.map(({ farms }) => farms.length),
  );
  const conferences = (await ask(gateway, '{ jointConferences { domain exceedances { id } } }')).data.jointConferences;
  says(
    '@requires: the conference on the environment has exceedances, the others have none',
    conferences.every(({ domain, exceedances }) => exceedances.length > 0 === (domain === 'environment')),
    conferences,
  );
  same(
    '@override: berths come from the port',
    (await ask(gateway, `{ region(code: "${HARBOUR}") { name berths { name } } }`)).data,
    { region: { name: '屿港街道', berths: [{ name: '屿港作业区1号泊位' }] } },
  );
  const hidden = await ask(gateway, '{ farm(code: "f-101") { licence } }');
  says('@inaccessible: what a partner keeps to itself cannot be asked for', !hidden.data && hidden.errors?.length, hidden);

  const page = await ask(gateway, '{ disputes(first: 100) { nodes { number maintenanceOrders { number } berthCalls { ship } } } }');
  says('a page of 100 with fields of two partners', page.data.disputes.nodes.length === 100 && !page.errors, page.errors);

  const input = {
    description: '灯塔路铣刨路面，扬尘很大。',
    regionCode: '990103002',
    channel: 'WEB',
    clientMutationId: `journey-${kind}`,
  };
  const submitted = await ask(gateway, SUBMIT, { input });
  const dispute = submitted.data?.submitDispute.dispute;
  same('a mutation of the hub, answered with fields of a partner', dispute?.maintenanceOrders, [{ number: '养-0101' }]);
  same('the same key acts once', await ask(gateway, SUBMIT, { input }), submitted);
  const refused = await ask(gateway, SUBMIT, { input: { ...input, regionCode: 'nowhere', clientMutationId: null } });
  same('what a user can mend arrives as it was told', refused.data?.submitDispute.errors[0]?.path, ['regionCode']);
  const fault = await ask(gateway, '{ disputes(first: 1000) { totalCount } }');
  same('the code of a fault arrives', fault.errors?.[0].extensions?.code, 'BAD_USER_INPUT');
  const chinese = await ask(gateway, '{ disputes(first: 1000) { totalCount } }', {}, { 'accept-language': 'zh-CN' });
  says('and its words in the language that was asked for', /[\u4e00-\u9fff]/.test(chinese.errors?.[0].message), chinese);

  const measured = { stationCode: 'air-zhonggu', substance: 'H2S', value: 0.5, unit: 'mg/m³', disputeId: dispute?.id };
  const record = async () => (await ask(gateway, RECORD, { input: measured })).data.recordMonitoringResult;
  const about = { number: dispute?.number, title: '灯塔路铣刨路面，扬尘很大' };
  const { result } = await record();
  same('a mutation of a partner, answered with fields of the hub', result.dispute, about);

  const event = {
    value: 0.5,
    station: { name: '钟鼓空气站', region: { name: '钟鼓街道' } },
    dispute: about,
  };
  if (kind === 'hive') {
    same('a subscription of a partner, with fields of the hub', await followed(gateway, FOLLOW, record), {
      data: { monitoringResultRecorded: event },
    });
    const text = { description: '钟鼓大街边坡修整，尘土飞扬。', regionCode: TOWN, channel: 'WEB' };
    const submit = () => ask(gateway, SUBMIT, { input: text });
    const { data, errors } = await followed(gateway, WATCH, submit);
    same('a subscription of the hub, with fields of a partner', errors ?? data?.disputeChanged.dispute, {
      title: '钟鼓大街边坡修整，尘土飞扬',
      maintenanceOrders: [{ number: '养-0103' }],
    });
  } else {
    const answer = await ask(gateway, FOLLOW);
    says('says that it carries no subscriptions', /subscription/i.test(answer.errors?.[0].message), answer);
    const own = FOLLOW.replace('region { name }', 'region { code }').replace('number title', 'id');
    const told = await followed(ecology, own, record);
    same('the partner itself does', told.data?.monitoringResultRecorded, {
      ...event,
      station: { ...event.station, region: { code: TOWN } },
      dispute: { id: dispute?.id },
    });
  }
}

/** The first event that a subscription gives, over server-sent events, once `act` has been called. */
async function followed(url, query, act) {
  const stopped = new AbortController();
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query, variables: { region: TOWN } }),
    signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(20_000)]),
  });
  // Nobody says when the subscription has reached the partner, so it is told until something comes back.
  const again = setInterval(() => act().catch(() => {}), 500);
  try {
    let text = '';
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const found = /^data: ?(\{.*\})$/m.exec(text);
      if (found) return JSON.parse(found[1]);
    }
    return { ended: text };
  } catch (error) {
    return { failed: error.message };
  } finally {
    clearInterval(again);
    stopped.abort();
  }
}
