// The TypeScript client: made from the schema with its own pinned tools, type-checked, run against a hub.
import { spawnSync } from 'node:child_process';

import { check, conclude } from './checks.mjs';
import { startHub } from './hub.mjs';

const CLIENT = new URL('../examples/typescript-client', import.meta.url).pathname;
const STEPS = {
  'its tools install from the lock': ['ci', '--ignore-scripts', '--no-audit', '--no-fund'],
  'it is generated and compiles': ['run', 'build'],
  'it talks to a hub': ['--silent', 'start'],
};

const hub = await startHub();
let said = '';
try {
  for (const [name, words] of Object.entries(STEPS)) {
    const environment = { ...process.env, HUB: hub.address };
    const ran = spawnSync('npm', words, { cwd: CLIENT, env: environment, encoding: 'utf8' });
    check(name, ran.status === 0, `${ran.stdout}${ran.stderr}`);
    said = ran.stdout;
    if (ran.status !== 0) break;
  }
} finally {
  await hub.stop();
}
check('it says who leads', /^\S+: \S+\n/.test(said) && /^\d+ wait for a person$/m.test(said), said);
conclude();
