// GraphiQL in a real browser: it starts, knows the schema, runs an operation, and breaks no rule of its policy.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import chromium from '@sparticuz/chromium';
import puppeteer from 'puppeteer-core';

import { check, conclude } from './checks.mjs';
import { startHub } from './hub.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const SUBSCRIPTION = 'subscription Changes { disputeChanged { type } }';
const SUBMIT = `mutation {
  submitDispute(input: { description: "楼下烧烤店油烟很大", regionCode: "990102001", channel: WEB }) { errors { code } }
}`;

/** Asks the hub from within the page. */
const ask = (query) =>
  fetch('/graphql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query }),
  }).then((answer) => answer.json());

/** A browser of this machine, if it has one. */
function installed() {
  const places = process.env.PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return places.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const hub = await startHub();
const executablePath = installed() ?? (await chromium.executablePath());
const browser = await puppeteer.launch({ executablePath, args: ['--no-sandbox'], headless: true });
try {
  const page = await browser.newPage();
  const complaints = [];
  const foreign = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(hub.address)) foreign.push(request.url());
  });
  const answer = await page.goto(`${hub.address}/graphiql`);
  check('the page is there', answer.status() === 200, `status ${answer.status()}; run make graphiql`);
  await page.waitForSelector('.graphiql-execute-button');
  await page.click('.graphiql-execute-button');
  const shown = () => document.querySelector('.result-window .CodeMirror')?.CodeMirror.getValue() ?? '';
  await page.waitForFunction(`(${shown})().includes('"data"')`);
  const result = JSON.parse(await page.evaluate(shown));
  check('it runs an operation', result.data.departments.length > 0, JSON.stringify(result).slice(0, 200));
  await page.evaluate((text) => {
    document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.setValue(text);
  }, SUBSCRIPTION);
  // GraphiQL takes a moment to see that the text has another operation.
  await setTimeout(2000);
  await page.click('.graphiql-execute-button');
  await page.waitForSelector('[aria-label="Stop query (Ctrl-Enter)"]');
  // What happens before the hub has begun to listen is not told.
  const heard = setInterval(() => page.evaluate(ask, SUBMIT).catch(() => {}), 1000);
  await page.waitForFunction(`(${shown})().includes('disputeChanged')`);
  clearInterval(heard);
  await page.click('.graphiql-execute-button');
  check('it hears of what happens, over a WebSocket', true);
  await page.click('[aria-label="Show Documentation Explorer"]');
  await page.waitForFunction(() => document.body.innerText.includes('mutation: Mutation'));
  check('it shows the documentation of the schema', true);
  check('nothing is fetched from elsewhere', foreign.length === 0, foreign.join(' '));
  check('no mistake, nothing that the policy forbids', complaints.length === 0, complaints.join('\n'));
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
} finally {
  await browser.close();
  await hub.stop();
}
conclude();
