// Apollo's suite for subgraphs, on the products schema that it asks for. Its router and its composer are programs
// that npm does not have: Apollo's gateway and composer on Node take their place.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startGateway, stopAll } from '../examples/gateway/city.mjs';
import { composed, subgraphs } from '../examples/gateway/compose.mjs';
import { freePort, serving } from '../examples/gateway/processes.mjs';
import { check, conclude } from './checks.mjs';
import { newFolder } from './scratch.mjs';

const PRODUCTS = fileURLToPath(new URL('products/', import.meta.url));
const PYTHON = fileURLToPath(new URL('../.venv/bin/python', import.meta.url));
const from = createRequire(join(PRODUCTS, 'package.json'));
const SUITE = dirname(from.resolve('@apollo/federation-subgraph-compatibility-tests/package.json'));
const TESTS = 23;
const ROUTER_PORT = 4000; // the suite asks there and nowhere else

const started = {};
try {
  const port = await freePort();
  started.products = await serving(
    'products',
    `http://127.0.0.1:${port}/`,
    PYTHON,
    ['-m', 'uvicorn', 'products:app', '--port', `${port}`, '--log-level', 'warning'],
    { cwd: PRODUCTS, env: { PYTHONPATH: join(PRODUCTS, '.libraries') } },
  );
  for (const name of ['users', 'inventory']) {
    const port = await freePort();
    const env = { [`${name.toUpperCase()}_PORT`]: `${port}` };
    const cwd = join(SUITE, 'dist', 'subgraphs', name);
    started[name] = await serving(name, `http://127.0.0.1:${port}/`, process.execPath, ['index.js'], { cwd, env });
  }
  const urls = Object.fromEntries(Object.entries(started).map(([name, { url }]) => [name, url]));
  started.gateway = await startGateway('apollo', composed(await subgraphs(urls)), ROUTER_PORT);

  // The suite's own configuration has TypeScript compiled; what it ships is compiled already.
  const config = JSON.stringify({ rootDir: join(SUITE, 'dist', 'tests'), haste: { retainAllFiles: true }, testPathIgnorePatterns: [], transform: {} });
  const ran = spawnSync(
    process.execPath,
    [from.resolve('jest/bin/jest'), '--ci', '--json', '--config', config, '--cacheDirectory', newFolder()],
    { encoding: 'utf8', env: { ...process.env, PRODUCTS_URL: urls.products }, maxBuffer: 2 ** 26 },
  );
  if (!ran.stdout.startsWith('{')) throw new Error(ran.stderr);
  const assertions = JSON.parse(ran.stdout).testResults.flatMap(({ assertionResults }) => assertionResults);
  for (const { fullName, status, failureMessages } of assertions) {
    check(fullName, status === 'passed', failureMessages[0]);
  }
  if (assertions.length !== TESTS) check('the suite has run all of its tests', false, `${assertions.length} of ${TESTS}`);
} catch (error) {
  check('the suite runs', false, error.stack);
} finally {
  await stopAll(started);
}
conclude();
