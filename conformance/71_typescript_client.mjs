// The TypeScript client: made from the schema with its own pinned tools, type-checked, run against a hub
// where people sign in, with an API key.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { check, conclude } from './checks.mjs';
import { partnerKey, startHub } from './hub.mjs';

const CLIENT = new URL('../examples/typescript-client', import.meta.url).pathname;
const STEPS = {
  'its tools install from the lock': ['ci', '--ignore-scripts', '--no-audit', '--no-fund'],
  'it is generated and compiles': ['run', 'build'],
  'it talks to a hub': ['--silent', 'start'],
};

const REGION = '990102'; // where the client's complaint comes from

const folder = mkdtempSync(join(tmpdir(), 'hub-'));
const url = `sqlite+aiosqlite:///${folder}/hub.db`;
const hub = await startHub({ sign_in: 'required', database_url: url });
let said = '';
try {
  const key = partnerKey(url, REGION);
  for (const [name, words] of Object.entries(STEPS)) {
    const environment = { ...process.env, HUB: hub.address, LIANXI_KEY: key };
    const ran = spawnSync('npm', words, { cwd: CLIENT, env: environment, encoding: 'utf8' });
    check(name, ran.status === 0, `${ran.stdout}${ran.stderr}`);
    said = ran.stdout;
    if (ran.status !== 0) break;
  }
} finally {
  await hub.stop();
  rmSync(folder, { recursive: true });
}
check('it says who leads', /^\S+: \S+\n/.test(said) && /^\d+ wait for a person$/m.test(said), said);
conclude();
