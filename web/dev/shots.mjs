// Screenshots of every screen: node dev/shots.mjs OUT [name-filter] — needs the built console and a running dev/server.mjs.
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const out = process.argv[2] ?? 'shots';
const filter = process.argv[3] ?? '';
const base = process.env.CONSOLE ?? 'http://127.0.0.1:8430';
const sizes = {
  all: [
    [1440, 900],
    [1100, 700],
  ],
  small: [[1100, 700]],
}[process.env.SIZES ?? ''] ?? [[1440, 900]];
const schemes = (process.env.SCHEMES ?? 'dark,light').split(',');
mkdirSync(out, { recursive: true });

const screens = [
  ['board', '/board'],
  ['case', '/cases/case-1042'],
  [
    'case-bottom',
    '/cases/case-1042',
    async (p) => {
      await p.evaluate(() => {
        const e = document.querySelector('.case-body');
        if (e) e.scrollTop = 720;
      });
      await p.waitForTimeout(300);
    },
  ],
  [
    'case-alerts',
    '/cases/case-1042?tab=alerts',
    async (p) => {
      await p.locator('.dt-row').nth(9).click();
      await p.waitForTimeout(600);
    },
  ],
  ['case-timeline', '/cases/case-1042?tab=timeline'],
  [
    'case-playbooks',
    '/cases/case-1042?tab=playbooks',
    async (p) => {
      const b = p.getByRole('button', { name: 'Run', exact: true });
      if (
        await b
          .first()
          .isVisible()
          .catch(() => false)
      )
        await b.first().click();
      await p.waitForTimeout(700);
    },
  ],
  ['case-facts', '/cases/case-1042?tab=facts'],
  [
    'case-close',
    '/cases/case-1042?act=close',
    async (p) => {
      await p
        .getByRole('button', { name: 'Close case' })
        .last()
        .click()
        .catch(() => {});
      await p.waitForTimeout(400);
    },
  ],
  [
    'search',
    '/search?q=Events%0A%7C%20where%20event.outcome%20%3D%3D%20%22failure%22&last=24h',
    async (p) => {
      await p.waitForTimeout(1500);
      await p
        .locator('.dt-row')
        .nth(7)
        .click()
        .catch(() => {});
      await p.waitForTimeout(700);
    },
  ],
  ['search-box', '/search?box=failed%20user.name%3Aroot&last=1h', async (p) => p.waitForTimeout(900)],
  ['sources', '/sources'],
  ['source', '/sources/syslog-tcp:web01:system.auth'],
  ['rules', '/rules'],
  ['rules-refused', '/rules?queue=refused'],
  [
    'rule',
    null,
    async (p) => {
      await p.goto(`${base}/rules`);
      await p.locator('.dt-row a').first().click();
      await p.waitForTimeout(900);
    },
  ],
  ['measures', '/measures'],
  ['playbooks', '/playbooks'],
  ['exposure', '/exposure'],
  ['cases', '/cases?state=closed'],
  [
    'palette',
    '/board',
    async (p) => {
      await p.keyboard.press('Control+k');
      await p.keyboard.type('ssh');
      await p.waitForTimeout(700);
    },
  ],
  ['fact', '/cases/case-1042#fact-345'],
  ['notfound', '/nowhere'],
];

const profile = mkdtempSync(join(tmpdir(), 'shots-'));
const browser = await chromium.launchPersistentContext(profile, {
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
const said = [];
page.on('console', (m) => {
  if (['error', 'warning'].includes(m.type())) said.push(m.text().slice(0, 300));
});
page.on('pageerror', (e) => said.push(`PAGE ${e.message}\n${e.stack?.slice(0, 400)}`));
for (const scheme of schemes) {
  await page.goto(`${base}/andon.svg`);
  await page.evaluate((s) => localStorage.setItem('mantine-color-scheme-value', s), scheme);
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    for (const [name, path, act] of screens) {
      if (filter && !new RegExp(filter).test(name)) continue;
      try {
        if (path) await page.goto(base + path, { waitUntil: 'load' });
        await page.waitForTimeout(1100);
        if (act) await act(page);
      } catch (why) {
        said.push(`${name}: ${String(why).slice(0, 200)}`);
      }
      await page.screenshot({ path: join(out, `${name}-${scheme}-${width}.png`) });
      for (const s of said.splice(0)) console.log(`[${name} ${scheme} ${width}] ${s}`);
    }
  }
}
await browser.close();
