// Search as an analyst uses it, in the real program and a real browser: words that become a query, a fault under the cursor, a stretch of
// time drawn with the mouse, a value followed, a search kept and run by itself, a dashboard, a file, a live tail, and a search ended.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, missing, sendSyslog, sendUdp, startDemo, until } from './program';
import { type Visit, visit } from './visit';

const lack = missing();
if (lack) console.warn(`the story of search in a browser is skipped: ${lack}`);
const now = () => new Date().toISOString();
const failed = (user: string, ip: string) =>
  `<38>1 ${now()} web01 sshd 812 - - Failed password for invalid user ${user} from ${ip} port 40022 ssh2`;

describe.skipIf(lack)('search, as an analyst uses it', () => {
  let demo: Demo;
  let v: Visit;
  const rows = () => v.page.locator('[role=grid][aria-label=Rows] .dt-row');
  const count = async () =>
    Number((/^([\d\u202f]+) rows?$/m.exec(await v.page.locator('.answerline').innerText())?.[1] ?? '-1').replaceAll('\u202f', ''));
  const editor = () => v.page.locator('.kql-editor textarea').first();
  const address = () => new URL(v.page.url()).searchParams;
  const kql = (text: string, last = '1h') => `/search?q=${encodeURIComponent(text)}&last=${last}`;
  const search = async (query: string) => {
    const answer = await v.page.request.post('/api/search', { headers: { 'X-Andon': '1' }, data: { kql: query, fromMs: 0 } });
    return ((await answer.json()) as { rows: unknown[][] }).rows;
  };

  beforeAll(async () => {
    demo = await startDemo();
    v = await visit(demo.console);
    await v.open('sign-in', '/', 'form.signin-form');
    await v.page.getByLabel('Name').fill(demo.name);
    await v.page.getByLabel('Password', { exact: true }).fill(demo.password);
    await v.page.keyboard.press('Enter');
    await v.page.getByRole('heading', { name: 'Board' }).waitFor();
    for (let i = 0; i < 6; i++) await sendSyslog(demo.syslogPort, failed('retired-svc', `203.0.113.${i % 2 === 0 ? 207 : 208}`));
    await until(
      async () => (await search('Events | where user.name == "retired-svc"')).length === 6,
      60_000,
      () => `six lines are not searchable:\n${demo.said()}`,
    );
  });
  afterAll(async () => {
    await v?.end();
    await demo?.stop();
  });

  it('begins with questions that work', async () => {
    await v.open('search start', '/search', '.saved-list .saved-row');
    expect(await v.page.locator('.saved-row').count()).toBeGreaterThan(12);
    await v.shot('search-start');
  });

  it('shows the query that words become, and runs it', async () => {
    await v.page.getByText('Words', { exact: true }).click();
    await v.page.getByLabel('Search words').fill('user.name:retired-svc -source.ip:203.0.113.208');
    await v.page.locator('.box-kql', { hasText: 'Events | where' }).waitFor();
    expect(await v.page.locator('.box-kql pre').innerText()).toContain('not(source.ip =~ ');
    await v.shot('search-box');
    await v.page.getByLabel('Search words').press('Enter');
    await rows().first().waitFor();
    expect(await count()).toBe(3);
    expect(await v.page.locator('.answer-state').innerText()).toBe('complete');
    expect(await v.page.locator('.answerline').innerText()).toMatch(/scanned, [\d.]+ [kM]?B[\s\S]* ms/);
  });

  it('underlines a fault while it is written, as our own parser sees it', async () => {
    await v.open('search fault', kql('Events | where user.name == "retired-svc"'), '.kql-editor .view-line');
    await rows().first().waitFor();
    await editor().focus();
    await v.page.keyboard.press('Control+End');
    await v.page.keyboard.insertText(' | wher source.ip == "x"'); // Typed, the offered word would mend it.
    await v.page.keyboard.press('Escape');
    await v.page.locator('.kql-editor .squiggly-error').waitFor();
    await v.shot('search-fault');
    await v.page.keyboard.press('Control+a');
    await v.page.keyboard.type('Events | where user.name == "retired-svc" ', { delay: 5 });
    await v.page.keyboard.press('Escape');
    await v.page.locator('.kql-editor .squiggly-error').waitFor({ state: 'detached' });
  });

  it('keeps every letter of a fast hand, however busy the page is', async () => {
    await v.open('search fast', kql('Events'), '.kql-editor .view-line');
    await rows().first().waitFor();
    await editor().focus();
    await v.page.keyboard.press('Control+a');
    await v.page.evaluate(() => {
      const busy = setInterval(() => {
        const end = performance.now() + 30;
        while (performance.now() < end);
      }, 5);
      setTimeout(() => clearInterval(busy), 4_000);
    });
    const text = 'Events | where process.pid == 1234567890 or process.pid == 9876543210 or process.pid == 1029384756';
    await v.page.keyboard.type(text);
    await v.page.keyboard.press('Escape');
    const written = async () =>
      (await v.page.locator('.kql-editor .view-lines').innerText()).replaceAll('\u00a0', ' ').replaceAll('\n', '');
    await until(
      async () => (await written()) === text,
      10_000,
      () => 'letters that were typed are gone',
    );
  });

  it('offers what our own language can have at the caret, and says what a word means', async () => {
    await v.open('search offer', kql('Events | where user.name == "retired-svc"'), '.kql-editor .view-line');
    await rows().first().waitFor();
    await editor().focus();
    await v.page.keyboard.press('Control+End');
    await v.page.keyboard.type(' | summ', { delay: 40 });
    await v.page.locator('.suggest-widget.visible .monaco-list-row', { hasText: 'summarize' }).first().waitFor();
    await v.shot('search-offer');
    await v.page.keyboard.press('Tab');
    await v.page.keyboard.type(' count() by source.i', { delay: 40 });
    await v.page.locator('.suggest-widget.visible .monaco-list-row', { hasText: 'source.ip' }).first().waitFor();
    await v.page.keyboard.press('Tab');
    expect((await v.page.locator('.kql-editor .view-lines').innerText()).replaceAll('\u00a0', ' ')).toContain(
      '| summarize count() by source.ip',
    );
    await v.page.keyboard.press('Escape');
    await v.page
      .locator('.kql-editor .view-line span', { hasText: /^summarize$/ })
      .last()
      .hover();
    await v.page.locator('.monaco-hover', { hasText: 'summarize' }).first().waitFor();
  });

  it('counts the values of a field over all rows, and follows one', async () => {
    await v.open('search values', kql('Events | where user.name == "retired-svc"'), '[role=grid][aria-label=Rows] .dt-row');
    await v.page.locator('.field-name', { hasText: /^source\.ip$/ }).click();
    await v.page.locator('.top-values', { hasText: '2 values in 6 of 6 rows' }).waitFor();
    await v.shot('search-values');
    await v.page.locator('.top-value button', { hasText: '203.0.113.207' }).click();
    await until(
      async () => (await count()) === 3,
      20_000,
      () => 'the value was not kept',
    );
    expect(address().get('q')).toContain('source.ip == "203.0.113.207"');
  });

  it('does with any value what a right click offers', async () => {
    await rows().first().getByText('203.0.113.207').first().click({ button: 'right' });
    await v.page.getByRole('menuitem', { name: 'All about an address' }).waitFor();
    await v.shot('search-pivot');
    await v.page.getByRole('menuitem', { name: 'All about an address' }).click();
    await v.page.waitForURL('**s=about-address**');
    await v.page.locator('.saved-name', { hasText: 'All about an address' }).waitFor();
    expect(await v.page.getByLabel('address', { exact: true }).inputValue()).toBe('203.0.113.207');
    await rows().first().waitFor();
    await v.shot('search-about');
  });

  it('opens a row by the keyboard, raw beside parsed', async () => {
    await v.page.locator('[role=grid][aria-label=Rows]').focus();
    await v.page.keyboard.press('j');
    await v.page.getByRole('region', { name: 'Raw record' }).waitFor();
    expect(await v.page.getByRole('region', { name: 'Parsed fields' }).innerText()).toMatch(/source\.ip\s+203\.0\.113\.207/);
    await v.shot('search-row');
    await v.page.keyboard.press('Escape');
    await v.page.getByRole('region', { name: 'Raw record' }).waitFor({ state: 'detached' });
  });

  it('takes the stretch of time that is drawn over the bars', async () => {
    await v.open('search brush', kql('Events', '15m'), '.hist svg');
    await rows().first().waitFor();
    const box = await v.page.locator('.hist svg').boundingBox();
    if (!box) throw new Error('the histogram has no place');
    await v.page.mouse.move(box.x + box.width * 0.5, box.y + 20);
    await v.page.mouse.down();
    await v.page.mouse.move(box.x + box.width * 0.99, box.y + 20, { steps: 4 });
    await v.page.mouse.up();
    await v.page.waitForURL('**from=**');
    const [from, to] = [Date.parse(address().get('from') ?? ''), Date.parse(address().get('to') ?? '')];
    expect(to - from).toBeGreaterThan(6 * 60_000);
    expect(to - from).toBeLessThan(9 * 60_000);
    await v.shot('search-brush');
  });

  it('says which kind of nothing it found', async () => {
    await v.open('nothing', kql('Events | where host.name == "nosuchhost"'), '.nothing');
    expect(await v.page.locator('.nothing').getAttribute('data-kind')).toBe('silent');
    await v.shot('search-nothing');
    await v.open('nothing', kql('Events | where user.name == "nosuchuser"'), '.nothing[data-kind=nothingMatched]');
    await v.open('nothing', kql('Events | where file.hash.sha256 == "x"'), '.nothing[data-kind=fieldEmpty]');
  });

  it('keeps a search with a parameter, and asks it again with another value', async () => {
    await v.open('search save', kql('Authentication | where user.name == "retired-svc"'), '.kql-editor .view-line');
    await v.page.getByRole('button', { name: 'parameter' }).click();
    await v.page.getByLabel('Name', { exact: true }).fill('from_ip');
    await v.page.getByRole('button', { name: 'Add', exact: true }).click();
    await v.page.getByLabel('from_ip', { exact: true }).fill('203.0.113.208');
    await editor().focus();
    await v.page.keyboard.press('Control+End');
    await v.page.keyboard.type(' and source.ip == from_ip', { delay: 5 });
    await v.page.keyboard.press('Escape');
    await v.page.keyboard.press('Control+Enter');
    await until(
      async () => (await count()) === 3,
      20_000,
      () => 'the parameter did not filter',
    );
    await v.page.getByRole('button', { name: 'Save', exact: true }).click();
    const dialog = v.page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Tries of the retired account');
    await dialog.getByLabel('What it answers').fill('Failed sign-ins of retired-svc from an address.');
    await v.shot('search-save');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await v.page.locator('.saved-name', { hasText: 'Tries of the retired account' }).waitFor();
    await v.page.getByLabel('from_ip', { exact: true }).fill('203.0.113.99" or "1" == "1');
    await v.page.getByLabel('from_ip', { exact: true }).press('Enter');
    await v.page.locator('.nothing').waitFor();
    await v.page.getByRole('button', { name: 'Searches', exact: true }).click();
    await v.page.locator('.saved-row', { hasText: 'Tries of the retired account' }).waitFor();
    await v.shot('search-saved');
  });

  it('runs it by itself, and its rows become alerts with their events', async () => {
    const row = v.page.locator('.saved-row', { hasText: 'Tries of the retired account' });
    await row.getByRole('button', { name: /Acts for/ }).click();
    await v.page.getByRole('menuitem', { name: /Schedule/ }).click();
    const dialog = v.page.getByRole('dialog', { name: /Schedule/ });
    await dialog.getByLabel('Title of the alert').fill('The retired account again');
    await dialog.getByLabel('Every, minutes').fill('1');
    await dialog.getByLabel('from_ip').fill('203.0.113.208');
    await v.shot('search-schedule');
    await dialog.getByRole('button', { name: 'Schedule', exact: true }).click();
    await dialog.getByRole('button', { name: 'End the schedule' }).waitFor();
    for (let i = 0; i < 2; i++) await sendSyslog(demo.syslogPort, failed('retired-svc', '203.0.113.208'));
    await until(
      async () => (await search('Alerts | where title == "The retired account again"')).length === 2,
      120_000,
      () => `no alert of the scheduled search:\n${demo.said()}`,
    );
    const [entities] = await search('Alerts | where title == "The retired account again" | project entities | take 1');
    expect(entities?.[0]).toEqual(expect.arrayContaining(['ip:203.0.113.208', 'user:retired-svc']));
    await dialog.locator('.runs-table tbody tr', { hasText: '2' }).first().waitFor({ timeout: 30_000 });
    await v.shot('search-runs');
    await dialog.getByRole('link', { name: 'Its alerts' }).click();
    await until(
      async () => (await count()) === 2,
      20_000,
      () => 'its alerts are not listed',
    );
  });

  it('leads from a dashboard to the events', async () => {
    await v.open('dashboards', '/dashboards', '.board-card');
    await v.page.locator('.board-card', { hasText: 'Who signs in where' }).click();
    await v.page.getByRole('region', { name: 'Failures by address' }).locator('.greatest li').first().waitFor();
    await v.page.locator('.number-value').first().waitFor();
    await v.page.locator('.number-change').first().waitFor();
    await v.shot('dashboard');
    await v.page
      .getByRole('region', { name: 'Failures by address' })
      .getByRole('button', { name: /203\.0\.113\.208/ })
      .click();
    await v.page.waitForURL('**/search?**');
    await rows().first().waitFor();
    expect(await count()).toBe(5);
    await v.page.getByText('203.0.113.208').first().waitFor();
    await v.open('dashboard', '/dashboards/house-overview?last=1h', '.greatest li, .number-value');
    await v.page.getByRole('region', { name: 'Kinds of log' }).locator('.dt-row').first().waitFor();
    await v.page.locator('canvas').first().waitFor();
    await v.shot('dashboard-overview');
    await v.scheme('light');
    await v.shot('dashboard-light');
    await v.page.getByRole('button', { name: 'Copy and change' }).click();
    await v.page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Mine');
    await v.shot('dashboard-edit');
    await v.page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
    await v.page.getByRole('heading', { name: 'Mine' }).waitFor();
    await v.scheme('dark');
  });

  it('gives a file that no spreadsheet runs', async () => {
    await sendSyslog(demo.syslogPort, `<38>1 ${now()} web01 mail 1 - - =HYPERLINK("http://x","y") formulamark, "quoted"`);
    await until(
      async () => (await search('Events | where event.original has "formulamark"')).length === 1,
      60_000,
      () => 'the line is not searchable',
    );
    await v.open(
      'export',
      kql('Events | where event.original has "formulamark" | project timestamp, message, process.pid'),
      '[role=grid][aria-label=Rows] .dt-row',
    );
    await v.page.getByRole('button', { name: 'Export' }).click();
    const [file] = await Promise.all([v.page.waitForEvent('download'), v.page.getByRole('menuitem', { name: /CSV/ }).click()]);
    expect(file.suggestedFilename()).toMatch(/^andon-\d{8}-\d{6}\.csv$/);
    const text = readFileSync(await file.path(), 'utf8');
    expect(text.charCodeAt(0)).toBe(0xfeff);
    expect(text).toContain(`"'=HYPERLINK(""http://x"",""y"") formulamark, ""quoted"""`);
    const facts = await v.page.request.get('/api/facts?after=0&max=10000');
    expect(await facts.text()).toContain('search.exported');
  });

  it('shows a line as it comes, and stands still when told', async () => {
    await v.open('tail', kql('Events | where event.original has "tailmark"'), '.kql-editor .view-line');
    await v.page.getByRole('button', { name: 'Live tail' }).click();
    await v.page.locator('.answer-state', { hasText: 'live' }).waitFor();
    await sendUdp(demo.syslogPort, `<38>1 ${now()} web01 tail 1 - - tailmark one over UDP`);
    const live = v.page.locator('[role=grid][aria-label="Live events"] .dt-row');
    await live.filter({ hasText: 'tailmark one' }).waitFor({ timeout: 60_000 });
    expect(await v.page.locator('.answerline').innerText()).toContain('all of them');
    await v.shot('search-tail');
    await v.page.getByRole('button', { name: 'Pause' }).click();
    await sendUdp(demo.syslogPort, `<38>1 ${now()} web01 tail 1 - - tailmark two over UDP`);
    await v.page.getByText('1 waiting').waitFor({ timeout: 60_000 });
    expect(await live.count()).toBe(1);
    await v.page.getByRole('button', { name: 'Go on' }).click();
    await live.filter({ hasText: 'tailmark two' }).waitFor();
    expect(await live.first().innerText()).toContain('tailmark two');
    await v.open('tail', kql('Events | summarize count() by host.name'), '.kql-editor .view-line');
    await v.page.getByRole('button', { name: 'Live tail' }).click();
    await v.page.getByText('KQL127').waitFor();
  });

  it('ends a search that takes long', async () => {
    let ended = 0;
    v.page.on('requestfailed', (r) => {
      if (r.url().endsWith('/api/search')) ended++;
    });
    await v.page.route('**/api/search', async (route) => {
      await new Promise((done) => setTimeout(done, 8_000));
      await route.continue().catch(() => {});
    });
    await v.page.goto(kql('Events | where event.original contains "slowly"'));
    await v.page.locator('.working').waitFor();
    await v.shot('search-working');
    await v.page.getByRole('button', { name: 'Cancel' }).first().click();
    await v.page.getByRole('heading', { name: 'Cancelled' }).waitFor();
    expect(ended).toBe(1);
    await v.page.unroute('**/api/search');
    await v.page.getByRole('button', { name: 'Run' }).click();
    await v.page.locator('.answerline').waitFor();
  });

  it('holds a hundred thousand rows in a screenful of elements', async () => {
    const cells = Array.from({ length: 100_000 }, (_, i) => [`2026-03-02T08:00:00.${String(i % 1000).padStart(3, '0')}Z`, `row ${i}`, i]);
    await v.page.route('**/api/search', (route) =>
      route.fulfill({
        json: {
          kql: 'Events',
          columns: [
            { name: 'timestamp', type: 'datetime' },
            { name: 'text', type: 'string' },
            { name: 'n', type: 'long' },
          ],
          rows: cells,
          stats: { rows: cells.length, scannedRows: 1, scannedBytes: 1, elapsedMs: 1, state: 'limited' },
          findings: [],
        },
      }),
    );
    await v.page.goto(kql('Events | project timestamp, text = event.original, n = 1 | take 100000'));
    await rows().first().waitFor();
    expect(await rows().count()).toBeLessThan(90);
    await v.page.locator('[role=grid][aria-label=Rows]').focus();
    await v.page.keyboard.press('End');
    await v.page.locator('.dt-row.sel', { hasText: 'row 99999' }).waitFor();
    expect(await rows().count()).toBeLessThan(90);
    await v.page.unroute('**/api/search');
  });

  it('remembers what one asked, in light too, and nothing went wrong', async () => {
    await v.scheme('light');
    await v.open('search light', kql('Events | where user.name == "retired-svc"'), '[role=grid][aria-label=Rows] .dt-row');
    await v.page.getByRole('button', { name: 'Earlier searches' }).click();
    await v.page.getByRole('menuitem', { name: /user\.name:retired-svc -source/ }).waitFor();
    await v.shot('search-light');
    expect(v.faults, demo.said().slice(-4_000)).toEqual([]);
  });
});
