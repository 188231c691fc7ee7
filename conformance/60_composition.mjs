// The hub's schema and those of the example partners fit together for both composers, and what does not fit is
// refused.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { buildSchema, lexicographicSortSchema, parse, printSchema } from 'graphql';

import { COMPOSERS, composed, seenByClients } from '../examples/gateway/compose.mjs';
import { check, conclude } from './checks.mjs';

const here = (path) => new URL(path, import.meta.url).pathname;
const file = (path) => readFileSync(here(path), 'utf8');
const partner = (name) => file(`../examples/partners/${name}/schema.graphql`);

const SDL = {
  hub: file('../schema/schema.graphql'),
  ecology: partner('ecology'),
  urban_management: partner('urban_management'),
  agriculture: execFileSync(here('../.venv/bin/python'), ['-c', 'import farms; print(farms.schema.as_str())'], {
    cwd: here('../examples/partners/agriculture'),
    encoding: 'utf8',
  }),
  transport: partner('transport'),
  port: partner('port'),
};
const ALONE = ['ecology', 'agriculture', 'transport'];

const services = (sdl) =>
  Object.entries(sdl).map(([name, text]) => ({ name, url: `http://${name}/graphql`, typeDefs: parse(text) }));
const only = (...names) => Object.fromEntries(names.map((name) => [name, SDL[name]]));

/** The supergraph, or why there is none. */
function attempt(sdl, composer) {
  try {
    return { supergraph: composed(services(sdl), composer) };
  } catch (error) {
    return { why: error.message };
  }
}

const FIT = {
  'the hub alone': only('hub'),
  ...Object.fromEntries(ALONE.map((name) => [`the hub and ${name}`, only('hub', name)])),
  'the hub, urban management and transport': only('hub', 'urban_management', 'transport'),
  'the hub and all five partners': SDL,
};

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])';
const stranger = (types) => ({ ...only('hub'), stranger: `${LINK}\n${types}` });
const MISFIT = {
  'a field of the hub that somebody else defines too': stranger(
    'type Dispute @key(fields: "id") { id: ID! title: String! }',
  ),
  'a key of another type': stranger('type Region @key(fields: "code") { code: Int! area: Float }'),
  'a key that the hub does not have': stranger('type Dispute @key(fields: "court") { court: ID! verdict: String }'),
  'a field that is required and nowhere defined': stranger(
    'type Dispute @key(fields: "id") { id: ID! weight: Int @external load: Int @requires(fields: "weight") }',
  ),
  'an enum of the hub with a value of its own': stranger(
    'type Dispute @key(fields: "id") { id: ID! before: DisputeStatus } enum DisputeStatus { ASSIGNED LOST }',
  ),
};

const RIGHTS = {
  '@authenticated': '@authenticated',
  '@requiresScopes': '@requiresScopes(scopes: [["disputes:read"]])',
  '@policy': '@policy(policies: [["unit"]])',
};

/** The hub with a directive on its query for one dispute. */
function guarded(name, use) {
  const hub = SDL.hub
    .replace(/import: \[([^\]]*)\]/, (_, names) => `import: [${names}${names.includes(`"${name}"`) ? '' : `, "${name}"`}]`)
    .replace(/(\n  dispute\([^)]*\): Dispute)\b[^\n]*/, `$1 ${use}`);
  if (!hub.includes(use)) throw new Error(`there is no place for ${use}`);
  return { ...SDL, hub };
}

const whole = {};
for (const [maker, composer] of Object.entries(COMPOSERS)) {
  for (const [what, sdl] of Object.entries(FIT)) {
    const { supergraph, why } = attempt(sdl, composer);
    check(`${maker} composes ${what}`, supergraph !== undefined, why);
    whole[maker] = supergraph;
  }
  for (const [name, use] of Object.entries(RIGHTS)) {
    const { supergraph, why } = attempt(guarded(name, use), composer);
    check(`${maker} keeps ${name} of the hub`, supergraph?.includes(use), why);
  }
  for (const [what, sdl] of Object.entries(MISFIT)) {
    const { why } = attempt(sdl, composer);
    check(`${maker} refuses ${what}`, Boolean(why?.trim()));
  }
}

const seen = Object.fromEntries(
  Object.entries(whole).map(([maker, sdl]) => [
    maker,
    printSchema(lexicographicSortSchema(buildSchema(seenByClients(sdl), { assumeValidSDL: true }))),
  ]),
);
check('clients see the same schema whoever composed it', seen.apollo === seen.hive);
for (const hidden of ['maintainer', 'offender', 'licence']) {
  check(`@inaccessible: no client sees ${hidden}`, !new RegExp(`\\b${hidden}\\b`).test(seen.apollo));
}
for (const [maker, supergraph] of Object.entries(whole)) {
  check(`${maker}: @override gives berths to the port`, /\bberths:[^\n]*graph: PORT, override: "transport"/.test(supergraph));
  check(`${maker}: @tag stays in the supergraph`, supergraph.includes('@tag(name: "internal")'));
  check(`${maker}: @cost stays in the supergraph`, supergraph.includes('@cost(weight: 10)'));
  check(
    `${maker}: @listSize of hub and partners stays in the supergraph`,
    /\bdisputes\([\s\S]*?\): DisputeConnection![^\n]*@listSize/.test(supergraph) &&
      /monitoringResults\(first: Int! = 20\)[^\n]*@listSize/.test(supergraph),
  );
}
conclude();
