// A house with thousands of sources, in the real program and a real browser: what the pages ask for is bounded, the first rows stand
// quickly, and the last source is reached by one key.
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, missing, startServe, until } from './program';
import { type Visit, visit } from './visit';

const lack = missing();
if (lack) console.warn(`the large estate in a browser is skipped: ${lack}`);
/** Enough that asking for all of them would be far beyond what an answer may weigh; ANDON_ESTATE=9000 for the largest. */
const hosts = Number(process.env.ANDON_ESTATE ?? 2_000);
const all = `${Math.floor(hosts / 1000)}\u202f000`;
const loud = 1321;
const name = (i: number) => `srv${String(i).padStart(5, '0')}`;

describe.skipIf(lack)('thousands of sources', () => {
  let house: Demo;
  let v: Visit;
  /** Bytes of every answer about sources, by its path. */
  const answers: { path: string; bytes: number }[] = [];
  const grid = () => v.page.locator('[role=grid][aria-label=Sources]');

  beforeAll(async () => {
    house = await startServe({});
    const at = new Date().toISOString();
    await new Promise<void>((done, fail) => {
      const socket = connect(house.syslogPort, '127.0.0.1', () => {
        const lines = Array.from({ length: hosts }, (_, i) => `<14>1 ${at} ${name(i)} app 1 - - started with ${i}`);
        // One host of many words, so that the order by what came has a first.
        for (let i = 0; i < 5; i++) lines.push(`<14>1 ${at} ${name(loud)} app 1 - - once more ${i}`);
        socket.end(lines.map((l) => `${Buffer.byteLength(l)} ${l}`).join(''));
      });
      socket.on('error', fail).on('close', () => done());
      socket.resume();
    });
    v = await visit(house.console);
    await v.open('sign-in', '/', 'form.signin-form');
    await v.page.getByLabel('Name').fill(house.name);
    await v.page.getByLabel('Password', { exact: true }).fill(house.password);
    await v.page.keyboard.press('Enter');
    await v.page.getByRole('heading', { name: 'Board' }).waitFor();
    await until(
      async () => ((await (await v.page.request.get('/api/sources/summary')).json()) as { sources: number }).sources >= hosts,
      60_000,
      () => `not all sources are known:\n${house.said().slice(-2000)}`,
    );
    v.page.on('response', async (r) => {
      const path = new URL(r.url()).pathname;
      if (path.startsWith('/api/sources') || path.startsWith('/api/keep/retention'))
        answers.push({ path, bytes: (await r.body().catch(() => Buffer.alloc(0))).length });
    });
  });
  afterAll(async () => {
    await v?.end();
    await house?.stop();
  });

  it('shows the first of them at once, and asks for those in sight only', async () => {
    await v.open('sources', '/sources', '[role=grid] .source-name');
    await v.page.getByText(`${all} sources`).first().waitFor();
    await v.shot('estate-sources');
    expect(await grid().getAttribute('aria-rowcount')).toBe(String(hosts));
    expect(await grid().locator('.dt-row').count()).toBeLessThan(70);
    await grid().focus();
    await v.page.keyboard.press('End');
    await v.page.locator('.dt-row.sel .source-name').waitFor();
    await v.shot('estate-sources-end');
    await v.page.keyboard.press('k');
    const last = await v.page.locator('.dt-row.sel .source-name .mono').innerText();
    await v.page.keyboard.press('Enter');
    await v.page.locator('.kv').first().waitFor();
    expect(decodeURIComponent(v.page.url())).toContain(last);
    console.log(`the list of ${hosts} sources stood after ${v.times.get('sources')} ms`);
  });

  it('narrows and sorts them on the server', async () => {
    await v.open('sources', '/sources', '[role=grid] .source-name');
    await v.page.getByRole('columnheader', { name: /^Events/ }).click();
    await v.page.waitForURL(/sort=events/);
    await v.page.locator('.dt-row[aria-rowindex="1"]', { hasText: name(loud) }).waitFor();
    await v.page.getByLabel('Find a source').fill('SRV0077');
    await v.page.getByText(`10 sources of ${all}`).waitFor();
    await until(
      async () => (await grid().locator('.source-name').count()) === 10,
      10_000,
      () => 'the rows are not narrowed',
    );
    await v.shot('estate-narrowed');
    const wrong = await v.page.request.get('/api/sources/page?sort=colour&take=5000&has=money&health=fine');
    expect(wrong.status()).toBe(400);
    expect(((await wrong.json()) as { findings: { code: string }[] }).findings.map((f) => f.code)).toEqual([
      'INT241',
      'INT242',
      'INT243',
      'INT244',
    ]);
  });

  it('prints what it has read, and says on the paper what it leaves out', async () => {
    await v.open('sources', '/sources', '[role=grid] .source-name');
    await v.page.emulateMedia({ media: 'print' });
    await v.page.locator('.dt-paper', { hasText: `of ${all} rows are on paper` }).waitFor();
    expect(await grid().locator('.dt-row').count()).toBeGreaterThanOrEqual(100);
    const box = await grid().boundingBox();
    expect(box?.height).toBeGreaterThan(100 * 36);
    await v.shot('estate-paper');
    await v.page.emulateMedia({ media: 'screen' });
    await v.page.locator('.dt-paper').waitFor({ state: 'detached' });
  });

  it('the pages beside it ask for no more', async () => {
    await v.open('quality', '/quality', '.quality-card');
    await v.page.locator('.quality-card', { hasText: '1 d searchable' }).waitFor();
    await v.shot('estate-quality');
    await v.open('backlog', '/backlog', '[role=grid] .dt-row');
    await v.open('parser', '/parsers/new', '.workbench');
    await v.page.getByPlaceholder('Choose a source').fill('srv01999');
    await v.page.getByRole('option', { name: /srv01999/ }).click();
    await v.page.locator('.sample-line').first().waitFor();
    await v.shot('estate-parser');
    await v.open('sources', '/sources', '[role=grid] .source-name');
    for (const box of ['Groups by rule', 'Baseline file and drift', 'What nobody used', 'False alarms and holidays']) {
      await v.page.getByRole('button', { name: 'More …' }).click();
      await v.page.getByRole('menuitem', { name: box }).click();
      await v.page.getByRole('dialog').locator('.stack, .dt, .empty').first().waitFor();
      await v.shot(`estate-${box.split(' ')[0]?.toLowerCase()}`);
      await v.page.keyboard.press('Escape');
      await v.page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    const large = answers.filter((a) => a.bytes > 300_000);
    expect(large).toEqual([]);
    expect(v.faults).toEqual([]);
  });

  it('an analyst reads it all and is offered nothing that would be refused', async () => {
    const anna = { name: 'anna', password: 'a long enough password' };
    const made = await v.page.request.post('/api/users', { headers: { 'X-Andon': '1' }, data: { ...anna, roles: ['analyst'] } });
    expect(made.status(), await made.text()).toBe(200);
    await v.page.context().clearCookies();
    await v.open('sign-in', '/', 'form.signin-form');
    await v.page.getByLabel('Name').fill(anna.name);
    await v.page.getByLabel('Password', { exact: true }).fill(anna.password);
    await v.page.keyboard.press('Enter');
    await v.page.getByRole('heading', { name: 'Board' }).waitFor();
    await v.open('sources', '/sources', '[role=grid] .source-name');
    expect(await v.page.getByRole('button', { name: 'Upload' }).count()).toBe(0);
    await v.open('card', `/sources/${encodeURIComponent(`syslog-tcp:${name(loud)}:syslog.generic`)}?tab=card`, '.only-for');
    expect(await v.page.getByLabel('Owner').isDisabled()).toBe(true);
    expect(await v.page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await v.shot('analyst-card');
    await v.open('parser', '/parsers/squid', '.workbench');
    expect(await v.page.getByLabel('Reason for saving').count()).toBe(0);
    await v.shot('analyst-parser');
    expect(v.faults).toEqual([]);
  });
});
