import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const out = process.argv[2];
mkdirSync(out, { recursive: true });
const scheme = process.argv[3] ?? 'dark';
const which = process.argv.slice(4);
const base = process.env.B ?? 'http://127.0.0.1:8440';
const pw = /password\s+(\S+)/.exec(readFileSync(process.env.L ?? '/tmp/w2/demo.log', 'utf8'))[1];
const b = await chromium.launchPersistentContext(mkdtempSync('/tmp/w2/prof-'), {
  executablePath: '/usr/bin/chromium',
  headless: true,
  viewport: { width: 1440, height: 900 },
  colorScheme: scheme,
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
const p = b.pages()[0];
p.setDefaultTimeout(20000);
p.on('console', (m) => m.type() === 'error' && console.log('CONSOLE', m.text(), m.location().url));
p.on('pageerror', (e) => console.log('PAGEERR', e.message));
await p.addInitScript((s) => localStorage.setItem('mantine-color-scheme-value', s), scheme);
await p.goto(base + '/board');
await p.getByLabel('Name').fill('admin');
await p.getByLabel('Password', { exact: true }).fill(pw);
await p.keyboard.press('Enter');
await p.getByRole('heading', { name: 'Board' }).waitFor();
const board = await (await p.request.get(base + '/api/board')).json();
const cards = board.lanes.flatMap((l) => l.cards);
const top = process.env.CASE ?? cards.sort((a, b) => b.priority - a.priority)[0].caseId;
console.log('case', top);
const screens = {
  board: '/board',
  case: `/cases/${top}`,
  alerts: `/cases/${top}?tab=alerts`,
  timeline: `/cases/${top}?tab=timeline`,
  playbooks: `/cases/${top}?tab=playbooks`,
  notes: `/cases/${top}?tab=notes`,
  facts: `/cases/${top}?tab=facts`,
  close: `/cases/${top}?act=close`,
  search: '/search?q=Events&last=1h',
  searchstart: '/search',
  sources: '/sources',
  source: null,
  rules: '/rules',
  rule: null,
  measures: '/measures?days=1',
  measures2: null,
  playbookspage: '/playbooks',
  playbook: null,
  exposure: '/exposure',
  assets: '/exposure?tab=assets',
  cases: '/cases',
  casebottom: `/cases/${top}`,
};
for (const [n, a] of Object.entries(screens)) {
  if (which.length && !which.includes(n)) continue;
  try {
    if (a) await p.goto(base + a);
    if (n === 'rule') {
      await p.goto(base + '/rules');
      await p.locator('.dt-row a').first().click();
    }
    if (n === 'source') {
      await p.goto(base + '/sources');
      await p.locator('.dt-row a').first().click();
    }
    if (n === 'playbook') {
      await p.goto(base + '/playbooks');
      await p.locator('a[href^="/playbooks/"]').first().click();
    }
    if (n === 'measures2') {
      await p.goto(base + '/measures?days=1');
      await p.waitForTimeout(800);
      await p.evaluate(() => {
        const e = document.querySelector('.page-body');
        if (e) e.scrollTop = e.scrollHeight;
      });
    }
    if (n === 'casebottom') {
      await p.waitForTimeout(1000);
      await p.evaluate(() => {
        const e = document.querySelector('.case-body');
        if (e) e.scrollTop = e.scrollHeight;
      });
    }
    if (n === 'alerts') {
      await p.locator('.dt-row').first().click();
    }
    if (n === 'search') {
      await p.waitForTimeout(2500);
      await p
        .locator('.dt-row')
        .nth(3)
        .click()
        .catch(() => {});
    }
    await p.waitForTimeout(1300);
    await p.screenshot({ path: `${out}/${n}-${scheme}.png` });
  } catch (e) {
    console.log('FAIL', n, String(e.message).slice(0, 200));
    await p.screenshot({ path: `${out}/${n}-${scheme}.png` });
  }
}
await b.close();
