// Keeping, in the real program and a real browser: what can be searched, a hold placed and released, a class changed, a check, a backup, and
// what the house knows asked in KQL.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, missing, startDemo, until } from './program';
import { type Visit, visit } from './visit';

const lack = missing();
if (lack) console.warn(`the story of keeping in a browser is skipped: ${lack}`);

describe.skipIf(lack)('keeping', () => {
  let demo: Demo;
  let v: Visit;
  const tab = (name: RegExp) => v.page.getByRole('tab', { name }).click();
  const place = mkdtempSync(join(tmpdir(), 'andon-backup-'));

  beforeAll(async () => {
    demo = await startDemo();
    v = await visit(demo.console);
    await v.open('sign-in', '/', 'form.signin-form');
    await v.page.getByLabel('Name').fill(demo.name);
    await v.page.getByLabel('Password', { exact: true }).fill(demo.password);
    await v.page.keyboard.press('Enter');
    await v.page.getByRole('heading', { name: 'Board' }).waitFor();
    await until(
      async () => {
        const answer = await v.page.request.post('/api/search', { headers: { 'X-Andon': '1' }, data: { kql: 'Cases | count', fromMs: 0 } });
        return Number(((await answer.json()) as { rows: number[][] }).rows?.[0]?.[0] ?? 0) > 0;
      },
      120_000,
      () => `no case in the table of cases:\n${demo.said()}`,
    );
  });
  afterAll(async () => {
    await v?.end();
    await demo?.stop();
    rmSync(place, { recursive: true, force: true });
  });

  it('shows the days that can really be searched', async () => {
    await v.open('keeping', '/keeping', '[role=grid][aria-label="Searchable days"] .dt-row');
    await v.shot('keeping-days');
  });

  it('places and releases a hold', async () => {
    await tab(/Holds/);
    await v.page.getByText('No hold stands').waitFor();
    await v.page.getByRole('button', { name: 'Place a hold' }).click();
    await v.page.getByRole('button', { name: 'Hold', exact: true }).click();
    await v.page.getByLabel('Why').fill('case 7');
    await v.page.getByRole('button', { name: 'Hold', exact: true }).click();
    await v.page.getByText('A hold names a source, a host, a time or a case.').waitFor();
    await v.page.getByLabel('Host').fill('web01');
    await v.page.getByRole('button', { name: 'Hold', exact: true }).click();
    await v.page.getByText('host web01').waitFor();
    await v.shot('keeping-holds');
    await v.page.getByRole('button', { name: /^Release hold-/ }).click();
    await v.page.getByLabel('Why').fill('over');
    await v.page.getByRole('button', { name: 'Release', exact: true }).click();
    await v.page.getByText('No hold stands').waitFor();
  });

  it('changes a class with a reason and says what is due', async () => {
    await tab(/Classes/);
    await v.page
      .getByRole('button', { name: /^Change / })
      .first()
      .click();
    await v.page.getByLabel('Days of event time').fill('400');
    await v.page.getByLabel('Why').fill('the auditors ask for a year');
    await v.page.getByRole('button', { name: 'Change', exact: true }).last().click();
    await v.page.getByText('400 days').waitFor();
    await v.page.getByRole('button', { name: 'What would be deleted now?' }).click();
    await v.page.getByText('Nothing is due.').waitFor();
    await v.shot('keeping-classes');
  });

  it('checks everything and takes a backup', async () => {
    await tab(/Backups/);
    await v.page.getByRole('button', { name: 'Check everything now' }).click();
    await v.page.getByText('Everything is whole.').waitFor({ timeout: 60_000 });
    await v.page.getByLabel('Folder on the server').fill('somewhere');
    await v.page.getByRole('button', { name: 'Take a backup' }).click();
    await v.page.getByText('full path of a folder').waitFor();
    await v.page.getByLabel('Folder on the server').fill(place);
    await v.page.getByRole('button', { name: 'Take a backup' }).click();
    await v.page.locator('table[aria-label=Backups] tbody tr').first().waitFor({ timeout: 60_000 });
    await v.shot('keeping-whole');
  });

  it('asks what the house knows', async () => {
    const kql =
      'Cases | where state == "open" | join kind=inner (Signals | summarize rules = make_set(rule_id) by case_id) on case_id | sort by priority desc | project number, title, priority, rules';
    await v.open('cases in KQL', `/search?q=${encodeURIComponent(kql)}&last=1h`, '[role=grid][aria-label=Rows] .dt-row');
    expect(await v.page.locator('.answer-state').innerText()).toBe('complete');
    await v.shot('search-cases');
  });

  it('goes anywhere by the palette: arrows choose, Enter goes, Escape gives the page back', async () => {
    // An editor of the page before would take the keys for its own.
    await v.open('keeping again', '/keeping', '[role=grid]');
    await v.page.keyboard.press('Control+k');
    const box = v.page.getByRole('dialog');
    await box.getByRole('combobox').fill('people');
    await v.page.keyboard.press('Escape');
    await box.waitFor({ state: 'detached' });
    await v.page.keyboard.press('Control+k');
    await box.getByRole('combobox').fill('people');
    await v.page.keyboard.press('ArrowDown');
    await v.page.keyboard.press('ArrowUp');
    await v.page.keyboard.press('Enter');
    await v.page.waitForURL(/\/people$/);
    await v.page.getByRole('heading', { name: 'People' }).waitFor();
  });

  it('adds a person, who chooses a password of their own and loses the session when disabled', async () => {
    await v.page.getByRole('button', { name: 'Add a person' }).click();
    await v.page.getByLabel('Name').fill('olga');
    await v.page.getByRole('checkbox', { name: 'analyst' }).check();
    await v.page.getByRole('button', { name: 'Add', exact: true }).click();
    const given = (await v.page.locator('.copy-line code').textContent()) ?? '';
    expect(given).toMatch(/^[a-z2-9]{20}$/);
    await v.page.getByRole('button', { name: 'I have passed it on' }).click();
    const olga = await visit(demo.console);
    try {
      await olga.open('sign-in', '/people', 'form.signin-form');
      await olga.page.getByLabel('Name').fill('olga');
      await olga.page.getByLabel('Password', { exact: true }).fill(given);
      await olga.page.keyboard.press('Enter');
      await olga.page.getByLabel('One-time password').fill(given);
      await olga.page.getByLabel('New password', { exact: true }).fill('a password of my own');
      await olga.page.getByLabel('New password again').fill('a password of my own');
      await olga.page.keyboard.press('Enter');
      // A link of the administrator's, opened by somebody of another role, says so.
      await olga.page.getByText('Your role does not show you people').waitFor();
      await v.page.getByRole('button', { name: 'Do something with olga' }).click();
      await v.page.getByRole('menuitem', { name: 'Disable' }).click();
      await v.page.getByRole('button', { name: 'Disable', exact: true }).click();
      await v.page.getByText('disabled').first().waitFor();
      await olga.page.getByText('Your session has ended.').waitFor();
    } finally {
      await olga.end();
    }
    await v.shot('people');
  });
});
