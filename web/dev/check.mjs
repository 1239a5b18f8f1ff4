// Walks through the console as a person would, against dev/server.mjs: node dev/check.mjs. Not part of npm test: it needs Chromium.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const port = 8439;
const base = `http://127.0.0.1:${port}`;
const server = spawn(process.execPath, [fileURLToPath(new URL('server.mjs', import.meta.url)), String(port)], {
  env: { ...process.env, SIGNED_OUT: '1', STILL: '1' },
  stdio: 'ignore',
});
const browser = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), 'check-')), {
  executablePath: '/usr/bin/chromium',
  headless: true,
  viewport: { width: 1440, height: 900 },
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const page = await browser.newPage();
const faults = [];
page.on('pageerror', (e) => faults.push(e.message));
page.on('console', (m) => /Content Security Policy|Refused to/.test(m.text()) && faults.push(m.text()));
page.setDefaultTimeout(15000);
let passed = 0;
const only = process.argv[2];
async function step(name, run) {
  if (only && !new RegExp(only).test(name) && name !== 'sign in') return;
  try {
    await run();
    passed++;
    console.log(`ok   ${name}`);
  } catch (why) {
    console.log(`FAIL ${name}: ${String(why.message ?? why).slice(0, 700)}`);
    await page.screenshot({ path: `/tmp/check-${name.replace(/\W+/g, '-')}.png` });
    process.exitCode = 1;
  }
}
const post = (path, body) =>
  page.evaluate(
    ([p, b]) =>
      fetch(p, { method: 'POST', headers: { 'X-Andon': '1', 'Content-Type': 'application/json' }, body: JSON.stringify(b) }).then(
        (r) => r.status,
      ),
    [path, body],
  );
const order = (lane) => page.locator(`.lane-${lane} [data-case]`).evaluateAll((all) => all.map((e) => e.dataset.case));

await new Promise((r) => setTimeout(r, 800));
await step('sign in', async () => {
  await page.goto(`${base}/rules?queue=testing`);
  await page.getByLabel('Name').fill('anna');
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Name or password is wrong.').waitFor();
  await page.screenshot({ path: '/tmp/shots/signin-dark-1440.png' });
  await page.getByLabel('Password', { exact: true }).fill('andon');
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: /Testing/, selected: true }).waitFor();
});
await step('keys go to rooms', async () => {
  await page.keyboard.press('g');
  await page.keyboard.press('b');
  await page.waitForURL('**/board');
  await page.locator('[data-case="case-1042"]').waitFor();
});
await step('order waits under the pointer, and the pill lets it through', async () => {
  await page.mouse.move(500, 400);
  const before = await order('investigate');
  const last = before.at(-1);
  await post(`/api/cases/${last}/lane`, { to: 'contain', why: 'test' });
  await page.getByText(/\d+ moved/).waitFor();
  assert.deepEqual(await order('investigate'), before);
  await page.keyboard.press('Space');
  await page.locator(`.lane-contain [data-case="${last}"]`).waitFor();
  assert.ok(!(await order('investigate')).includes(last));
});
await step('keyboard chooses and opens a card', async () => {
  await page.mouse.move(700, 20);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.locator('[data-case="case-1042"] .card.on').waitFor();
});
await step('a drag is refused with a reason, the card stays', async () => {
  const from = await page.locator('.lane-investigate [data-case]').first().boundingBox();
  const to = await page.locator('.lane-contain').boundingBox();
  await page.mouse.move(from.x + 60, from.y + 60);
  await page.mouse.down();
  await page.mouse.move(from.x + 90, from.y + 70, { steps: 4 });
  await page.mouse.move(to.x + 80, to.y + 300, { steps: 12 });
  await page.waitForTimeout(150);
  await page.mouse.up();
  await page
    .getByRole('dialog')
    .getByText(/The lane contain is full|needs a reason/)
    .waitFor();
  await page.screenshot({ path: '/tmp/shots/board-refused-dark-1440.png' });
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});
await step('m moves by keyboard, with a reason', async () => {
  await page
    .locator('.lane-validate [data-case]')
    .first()
    .click({ position: { x: 6, y: 6 } });
  const id = (await order('validate'))[0];
  await page.keyboard.press('m');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Recover', { exact: true }).click();
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('still open on the host');
  await dialog.getByRole('button', { name: 'Move to Recover' }).click();
  await page.locator(`.lane-recover [data-case="${id}"]`).waitFor();
});
await step('pull next takes the best card', async () => {
  await page.getByRole('button', { name: 'Pull next' }).click();
  await page.locator('.lane-triage [data-case="case-1042"]').waitFor();
});
await step('why adds up, alerts page through 10,000', async () => {
  await page.locator('[data-case="case-1042"] .card-title').click();
  await page.getByText('adds up exactly').first().waitFor();
  await page.getByRole('tab', { name: /Alerts/ }).click();
  const grid = page.getByRole('grid', { name: 'Alerts' });
  await grid.locator('.dt-row').first().waitFor();
  await grid.evaluate((e) => {
    e.scrollTop = e.scrollHeight;
  });
  await page.getByText(/to 10.000 in view/).waitFor();
  await grid.locator('.dt-row').last().getByText('203.0.113.77').waitFor();
  await grid.locator('.dt-row').last().click();
  await page.getByText('Raw, as received').waitFor();
  assert.equal(await page.locator('img[src="x"]').count(), 0);
});
await step('run a playbook by hand', async () => {
  await page.getByRole('tab', { name: /Playbooks/ }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).first().click();
  await page.getByLabel('What you found').fill('They did not sign in.');
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await page.locator('.run-state.run-succeeded').first().waitFor();
});
await step('settle a step in doubt', async () => {
  const id = await page.evaluate(
    async () =>
      (await (await fetch('/api/board')).json()).lanes.flatMap((l) => l.cards).find((c) => c.runs?.[0]?.state === 'inDoubt')?.caseId,
  );
  assert.ok(id);
  await page.goto(`${base}/cases/${id}?tab=playbooks`);
  await page.getByText('In doubt.').waitFor();
  await page.screenshot({ path: '/tmp/shots/case-doubt-dark-1440.png' });
  await page.getByRole('button', { name: 'It happened' }).click();
  await page.locator('.run-state.run-succeeded').first().waitFor();
});
await step('close: findings at the fields, then closed', async () => {
  await page.goto(`${base}/cases/case-1042`);
  await page.getByText('Why it is on top').waitFor();
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Close case' }).click();
  await dialog.getByText('A true positive names at least one control that failed.').waitFor();
  await dialog.getByLabel('Reason').fill('Password guessed.');
  await dialog.getByLabel('Controls that failed').click();
  await page.getByRole('option', { name: /Lockout/ }).click();
  await page.keyboard.press('Escape');
  if (!(await dialog.isVisible())) {
    await page.keyboard.press('e');
  }
  await dialog.getByLabel('Earliest missed stage').click();
  await page.getByRole('option', { name: 'Credential access' }).click();
  await dialog.getByRole('button', { name: 'Close case' }).click();
  await page.getByText('Closed: True positive').first().waitFor();
});
await step('a fact opens with its cause', async () => {
  await page.locator('.signals .factlink').nth(1).click();
  await page.getByRole('dialog').getByText('signal.joined').first().waitFor();
  await page.getByRole('dialog').getByText('caused by').first().waitFor();
  await page.keyboard.press('Escape');
});
await step('search: markers from our server, then rows; 100,000 of them', async () => {
  await page.goto(`${base}/search?q=${encodeURIComponent('Events\n| where user.name haas "x"')}`);
  await page.getByText('`haas` is no operator.').waitFor();
  await page.locator('.kql-editor .squiggly-error').waitFor();
  await page.goto(`${base}/search?q=${encodeURIComponent('Events | take 100000')}`);
  await page.getByText(/100.000 rows/).waitFor({ timeout: 30000 });
  const grid = page.getByRole('grid', { name: 'Rows' });
  await grid.evaluate((e) => {
    e.scrollTop = e.scrollHeight;
  });
  await page.waitForTimeout(300);
  assert.ok((await grid.locator('.dt-row').count()) < 120);
});
await step('search: the editor completes our columns', async () => {
  await page.goto(`${base}/search?q=${encodeURIComponent('Events\n| where ')}`);
  await page.locator('.kql-editor .view-line').nth(1).waitFor();
  await page.waitForTimeout(2500);
  await page.locator('.kql-editor .view-line').nth(1).click();
  await page.keyboard.press('End');
  await page.keyboard.type('user');
  await page.keyboard.press('Control+Space');
  await page.locator('.suggest-widget .monaco-list-row').filter({ hasText: 'user.name' }).first().waitFor();
  await page.screenshot({ path: '/tmp/shots/search-complete-dark-1440.png' });
});
await step('search: a field value filters, the histogram brushes', async () => {
  await page.goto(`${base}/search?q=Events&last=24h`);
  await page.locator('.field-name', { hasText: 'event.outcome' }).click();
  await page.locator('.top-value button', { hasText: 'failure' }).first().click();
  await page.waitForURL(/failure/);
  const h = await page.locator('.hist svg').boundingBox();
  await page.mouse.move(h.x + 200, h.y + 30);
  await page.mouse.down();
  await page.mouse.move(h.x + 500, h.y + 30, { steps: 6 });
  await page.mouse.up();
  await page.waitForURL(/from=.*to=/);
});
await step('words become KQL', async () => {
  await page.goto(`${base}/search`);
  await page.getByText('Words', { exact: true }).click();
  await page.locator('.box-input').fill('failed user.name:root');
  await page
    .locator('.box-kql')
    .getByText(/=~ "root"/)
    .waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/box=/);
  await page.getByRole('grid', { name: 'Rows' }).waitFor();
});
await step('palette finds a case', async () => {
  await page.keyboard.press('Control+k');
  await page.keyboard.type('spooler');
  await page.getByRole('option', { name: /Case/ }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/cases\//);
});
await step('an ended session asks to sign in, and comes back', async () => {
  const was = page.url();
  await page.getByRole('tab', { name: /Facts/ }).waitFor();
  await page.waitForTimeout(400);
  await page.evaluate(() => fetch('/api/session', { method: 'DELETE', headers: { 'X-Andon': '1' } }));
  await page.getByRole('tab', { name: /Facts/ }).click();
  await page.getByText('Your session has ended.').waitFor();
  await page.getByLabel('Name').fill('anna');
  await page.getByLabel('Password', { exact: true }).fill('andon');
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: /Facts/ }).waitFor();
  assert.ok(page.url().startsWith(was.split('?')[0]));
});
await step('stale banner when the server goes, live again when it returns', async () => {
  server.kill();
  await page.getByText(/No live updates for/).waitFor({ timeout: 15000 });
  await page.screenshot({ path: '/tmp/shots/stale-dark-1440.png' });
});
await step('no page error, nothing against the content security policy', async () => assert.deepEqual(faults, []));
console.log(`${passed} passed`);
await browser.close();
server.kill();
