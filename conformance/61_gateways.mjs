// Hub, five partners, Hive Gateway and Apollo Gateway: a journey through each, then troubles of all sorts.
import { GATEWAYS, servicesOf, startGateway, startSubgraphs, stopAll } from '../examples/gateway/city.mjs';
import { COMPOSERS, composed } from '../examples/gateway/compose.mjs';
import { freePort } from '../examples/gateway/processes.mjs';

import { check, conclude } from './checks.mjs';
import { guide } from './federation_guide.mjs';
import { journey } from './gateway_journey.mjs';
import { trouble } from './gateway_trouble.mjs';
import { newFolder } from './scratch.mjs';

const settings = { LIANXI_DATABASE_URL: `sqlite+aiosqlite:///${newFolder()}/hub.db`, LIANXI_LANGUAGE: 'en' };
const started = await startSubgraphs({}, settings);
const gateways = {};
try {
  const services = await servicesOf(started);
  for (const kind of Object.keys(GATEWAYS)) {
    const sdl = composed(services, COMPOSERS[kind]);
    gateways[kind] = await startGateway(kind, sdl, await freePort(), { PATIENCE_MS: '1500' });
    await guide(kind, gateways[kind].url);
    await journey(kind, gateways[kind].url, { hub: started.hub.url, ecology: started.ecology.url });
  }
  await trouble(Object.fromEntries(Object.entries(gateways).map(([kind, { url }]) => [kind, url])), started);
} catch (error) {
  check('the script goes to its end', false, error.stack);
} finally {
  await stopAll({ ...started, ...gateways });
}
conclude();
