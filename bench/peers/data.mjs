// What the Node peers share: the schema, the statements and the spelling of ids, moments and cursors.
// Connections come from PGHOST, PGUSER and so on; every statement is named, so it is prepared once.
import pg from 'pg'
import DataLoader from 'dataloader'

export const POOL = Number(process.env.POOL)

export const SDL = `
extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
scalar DateTime
enum DisputeStatus { TRIAGE ASSIGNED IN_CONFERENCE }
enum ParticipantRole { CHAIR MEMBER TERRITORIAL_OWNER }
type Department @key(fields: "code") { code: String! name: String! }
type Participant { role: ParticipantRole! department: Department! }
type ConferenceSession { id: ID! topic: String! participants: [Participant!]! }
type Dispute @key(fields: "id") {
  id: ID! number: String! title: String! description: String! status: DisputeStatus! severity: Int!
  receivedAt: DateTime! leadDepartment: Department coDepartments: [Department!]! conferences: [ConferenceSession!]!
}
type DisputeEdge { cursor: String! node: Dispute! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type DisputeConnection { edges: [DisputeEdge!]! pageInfo: PageInfo! }
input DisputeFilter { status: [DisputeStatus!] }
type Query { dispute(id: ID!): Dispute disputes(filter: DisputeFilter, first: Int): DisputeConnection! }
`

const pool = new pg.Pool({ max: POOL, min: POOL })
const DISPUTE = 'select id, number, title, description, status, severity, received_at, lead_unit_code from dispute '
const STATEMENTS = {
  departments: 'select code, name from unit where code = any($1::text[])',
  disputes: DISPUTE + 'where id = any($1::uuid[])',
  coDepartments:
    'select a.dispute_id, u.code, u.name from assignment a join unit u on u.code = a.unit_code ' +
    "where a.dispute_id = any($1::uuid[]) and a.role = 'co' and a.ended_at is null order by a.assigned_at, a.id",
  conferences:
    'select id, dispute_id, topic from conference_session where dispute_id = any($1::uuid[]) order by created_at, id',
  participants:
    'select session_id, role, unit_code from participant where session_id = any($1::uuid[]) order by position',
  // One status is the usual case, and only so can the index give the order.
  page: DISPUTE + 'where status = $1 order by received_at desc, id desc limit $2',
  pageOfSeveral: DISPUTE + 'where status = any($1::text[]) order by received_at desc, id desc limit $2',
  pageOfAll: DISPUTE + 'order by received_at desc, id desc limit $1',
}

async function rows (name, values) {
  return (await pool.query({ name, text: STATEMENTS[name], values })).rows
}

function matched (found, keys, column) {
  const byKey = new Map(found.map(row => [row[column], row]))
  return keys.map(key => byKey.get(key) ?? null)
}

function grouped (found, keys, column) {
  const byKey = new Map(keys.map(key => [key, []]))
  for (const row of found) byKey.get(row[column]).push(row)
  return keys.map(key => byKey.get(key))
}

export function loaders () {
  return {
    department: new DataLoader(async keys => matched(await rows('departments', [keys]), keys, 'code')),
    dispute: new DataLoader(async keys => matched(await rows('disputes', [keys]), keys, 'id')),
    coDepartments: new DataLoader(async keys => grouped(await rows('coDepartments', [keys]), keys, 'dispute_id')),
    conferences: new DataLoader(async keys => grouped(await rows('conferences', [keys]), keys, 'dispute_id')),
    participants: new DataLoader(async keys => grouped(await rows('participants', [keys]), keys, 'session_id')),
  }
}

function globalId (type, key) {
  return Buffer.from(`${type}:${key}`).toString('base64url')
}

const DISPUTE_ID = /^Dispute:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/

function findDispute (id, context) {
  const key = DISPUTE_ID.exec(Buffer.from(id, 'base64url').toString())?.[1]
  return key ? context.dispute.load(key) : null
}

function moment (date) {
  return date.toISOString().replace('.000Z', '+00:00')
}

function cursor (row) {
  return Buffer.from(`${moment(row.received_at)}|${row.id}`).toString('base64url')
}

async function page (filter, first) {
  const statuses = filter?.status?.map(status => status.toLowerCase())
  const limit = first + 1
  const found =
    statuses === undefined ? await rows('pageOfAll', [limit])
      : statuses.length === 1 ? await rows('page', [statuses[0], limit])
        : await rows('pageOfSeveral', [statuses, limit])
  const edges = found.slice(0, first).map(node => ({ cursor: cursor(node), node }))
  return { edges, pageInfo: { hasNextPage: found.length > first, endCursor: edges.at(-1)?.cursor ?? null } }
}

export const resolvers = {
  Query: {
    dispute: (_, { id }, context) => findDispute(id, context),
    disputes: (_, { filter, first }) => page(filter, first ?? 20),
  },
  Dispute: {
    id: row => globalId('Dispute', row.id),
    status: row => row.status.toUpperCase(),
    receivedAt: row => moment(row.received_at),
    leadDepartment: (row, _, context) => row.lead_unit_code && context.department.load(row.lead_unit_code),
    coDepartments: (row, _, context) => context.coDepartments.load(row.id),
    conferences: (row, _, context) => context.conferences.load(row.id),
  },
  ConferenceSession: {
    id: row => globalId('ConferenceSession', row.id),
    participants: (row, _, context) => context.participants.load(row.id),
  },
  Participant: {
    role: row => row.role.toUpperCase(),
    department: (row, _, context) => context.department.load(row.unit_code),
  },
}

export const references = {
  Dispute: (reference, context) => findDispute(reference.id, context),
  Department: (reference, context) => context.department.load(reference.code),
}
