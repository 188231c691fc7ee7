// PostGraphile on Node's own HTTP server, with its current preset. It has no _entities: a function that takes
// keys stands in. Its relations come from the foreign keys.
import { createServer } from 'node:http'
import pg from 'pg'
import { postgraphile } from 'postgraphile'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'

const max = Number(process.env.POOL)
const pool = new pg.Pool({ max, min: max })
await pool.query(
  'create or replace function disputes_by_ids(ids uuid[]) returns setof dispute language sql stable ' +
  'as $$ select * from dispute where id = any(ids) $$'
)
const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  // A condition on a column without an index of its own is allowed; the others narrow it down already.
  disablePlugins: ['PgIndexBehaviorsPlugin'],
  pgServices: [makePgService({ pool, schemas: ['public'] })],
  grafserv: { watch: false, graphiql: false, maxRequestLength: 1_000_000 },
  grafast: { explain: false },
})
const server = createServer()
await instance.createServ(grafserv).addTo(server)
server.listen(Number(process.env.PORT), '127.0.0.1')
