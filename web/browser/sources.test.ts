// What comes in, as its keeper works with it, in the real program and a real browser: the list, one source, its contract and where it
// drifts, its records raw and parsed, a parser broken and mended while its preview follows, the quality of it all, what to connect next.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, missing, sendSyslog, startDemo, until } from './program';
import { type Visit, visit } from './visit';

const id = 'syslog-tcp:cache07:squid.access';
const hostile = 'evil\u202egnp.exe<img src=x onerror=alert(1)>';
const squid = (i: number) =>
  `<14>1 2026-03-02T08:00:0${i % 10}Z cache07 squid 12 - - 1772438398.12${i % 10}   3387 10.1.1.${i} TCP_TUNNEL/200 19131 CONNECT www.example:443 anna HIER_DIRECT/198.51.100.7 -`;
const lack = missing();
if (lack) console.warn(`the walk through sources in a browser is skipped: ${lack}`);

describe.skipIf(lack)('sources, parsers, quality, backlog', () => {
  let demo: Demo;
  let v: Visit;
  const path = `/sources/${encodeURIComponent(id)}`;

  beforeAll(async () => {
    demo = await startDemo();
    v = await visit(demo.console);
    await v.open('sign-in', '/', 'form.signin-form');
    await v.page.getByLabel('Name').fill(demo.name);
    await v.page.getByLabel('Password', { exact: true }).fill(demo.password);
    await v.page.keyboard.press('Enter');
    await v.page.getByRole('heading', { name: 'Board' }).waitFor();
    for (let i = 0; i < 12; i++) await sendSyslog(demo.syslogPort, squid(i));
    await sendSyslog(demo.syslogPort, `<14>1 2026-03-02T08:00:09Z cache07 squid 12 - - ${hostile} is no access line`);
    await until(
      async () => {
        const answer = await v.page.request.get(`/api/sources/one?id=${encodeURIComponent(id)}`);
        return answer.ok() && ((await answer.json()) as { events: number }).events === 13;
      },
      60_000,
      () => `the proxy's records were not counted:\n${demo.said()}`,
    );
  });
  afterAll(async () => {
    await v?.end();
    await demo?.stop();
  });

  it('the list is narrowed by what a source is and how it does', async () => {
    await v.open('sources', '/sources', '[role=grid] .dt-row');
    await v.shot('sources');
    const all = await v.page.locator('.dt-row').count();
    expect(all).toBeGreaterThan(2);
    await v.page.getByLabel('Find a source').fill('cache07');
    await v.page.waitForFunction(() => document.querySelectorAll('.dt-row').length === 1);
    expect(await v.page.locator('.dt-row').innerText()).toContain(id);
    expect(v.page.url()).toContain('q=cache07');
    await v.page.getByLabel('Find a source').fill('nobody sends this');
    await v.page.getByText('No such source').waitFor();
    await v.page.getByRole('button', { name: 'Show all' }).click();
    await v.page.getByRole('button', { name: /without owner/ }).click();
    await v.page.waitForURL(/owner=/);
    await v.page.locator('[role=grid]').focus();
    await v.page.keyboard.press('j');
    await v.page.keyboard.press('Enter');
    await v.page.locator('.kv').first().waitFor();
    expect(v.page.url()).toMatch(/\/sources\/./);
  });

  it('a part of its events is enough: tried, set with a reason, ended', async () => {
    const sshd = 'syslog-tcp:jump01:system.auth';
    for (let i = 0; i < 6; i++)
      await sendSyslog(
        demo.syslogPort,
        `<38>1 2026-03-02T08:00:0${i}Z jump01 sshd 12 - - Connection closed by 203.0.113.${i} port ${2000 + i}`,
      );
    await until(
      async () => (await v.page.request.get(`/api/sources/one?id=${encodeURIComponent(sshd)}`)).ok(),
      60_000,
      () => `the records of sshd were not counted:\n${demo.said()}`,
    );
    await v.open('use', `/sources/${encodeURIComponent(sshd)}?tab=use`, 'form[aria-label=Sampling]');
    const form = v.page.locator('form[aria-label=Sampling]');
    await form.getByText('Every event gets a row').waitFor();
    expect(await form.getByRole('button', { name: 'Sample', exact: true }).isDisabled()).toBe(true);
    await form.getByLabel('Kinds of events').click();
    await v.page.getByRole('option').first().click();
    await v.page.keyboard.press('Escape');
    await form.getByLabel('Key').fill('source.ip');
    await v.page.keyboard.press('Enter');
    await v.page.keyboard.press('Tab');
    await form.getByRole('button', { name: 'What would it cost?' }).click();
    await form
      .getByText(/No rule in force|rules in force/)
      .first()
      .waitFor();
    await form.getByLabel('Reason').fill('flows are many');
    await v.shot('sampling');
    await form.getByRole('button', { name: 'Sample', exact: true }).click();
    await form.getByText('is kept with all its events').waitFor();
    await form.getByLabel('Reason').fill('disk is cheap');
    await v.shot('sampled');
    await form.getByRole('button', { name: 'Keep all again' }).click();
    await form.getByText('Every event gets a row').waitFor();
  });

  it('says when a source speaks, how it does, and what goes blind without it', async () => {
    await v.open('source', path, '.chart canvas');
    await v.page.getByText('If nothing comes from now on').waitFor();
    const text = await v.page.locator('.page-body').innerText();
    expect(text).toMatch(/What goes blind without it/);
    expect(text).toMatch(/INT141\s+1/);
    expect(text).toMatch(/If nothing comes from now on/);
    await v.shot('source');
  });

  it('shows its records raw beside parsed, with what is hidden in them visible', async () => {
    await v.page.keyboard.press('2');
    await v.page.getByText('the parsers of now').waitFor();
    await v.page.locator('.sample', { hasText: 'is no access line' }).click();
    await v.page.getByText('Warning INT141').waitFor();
    expect(await v.page.locator('.rawparsed .ctrl').first().innerText()).toMatch(/RLO|202E/i);
    expect(await v.page.locator('.rawparsed img').count()).toBe(0);
    await v.shot('source-samples');
    await v.page.locator('.sample', { hasText: 'TCP_TUNNEL' }).first().click();
    await v.page.locator('.fields', { hasText: 'http.response.bytes' }).waitFor();
  });

  it('is held to a contract, whose wrong text is told with its line before it is agreed', async () => {
    await v.open('contract', `${path}?tab=contract`, '.drift');
    await v.page.getByText('YAML', { exact: true }).click();
    const editor = v.page.getByLabel('Contract in YAML');
    await editor.fill('must-fields:\n- user.password\nnever-soon: [x]\nwithin-hours: 24\n');
    await v.page.locator('.finding', { hasText: 'never-soon means nothing here' }).waitFor();
    await v.page.locator('.yaml-gutter .marked').waitFor();
    await v.shot('source-contract-wrong');
    await editor.fill('never-fields:\n- user.name\nmay-events:\n- denied\nwithin-hours: 24\n');
    await v.page.getByText('Drift, were this agreed').waitFor();
    await v.page.getByLabel('Reason').fill('no names in the proxy log');
    await v.page.getByRole('button', { name: 'Agree' }).click();
    await v.page.getByText('What was agreed').waitFor();
    // It is broken by the next record that carries a name.
    await sendSyslog(demo.syslogPort, squid(5));
    await until(
      async () => {
        await v.page.reload();
        await v.page.locator('.drift').waitFor();
        return (await v.page.locator('.drift').innerText()).includes('NEVER arrived');
      },
      60_000,
      () => 'the broken contract was not shown',
    );
    await v.shot('source-contract');
    const out = (await (await v.page.request.get('/api/sources/baseline')).json()) as { yaml: string };
    await v.open('sources', '/sources', '[role=grid] .dt-row');
    await v.page.getByRole('button', { name: 'More …' }).click();
    await v.page.getByRole('menuitem', { name: 'Baseline file and drift' }).click();
    const buffer = Buffer.from(out.yaml.replace('within-hours: 24', 'within-hours: 48'));
    await v.page.locator('input[type=file]').setInputFiles({ name: 'sources.yml', mimeType: 'text/yaml', buffer });
    await v.page.getByRole('button', { name: 'Compare' }).click();
    await v.page.getByText('1 difference').waitFor();
    await v.shot('sources-baseline');
    await v.page.keyboard.press('Escape');
  });

  it('who uses it, its alarms and its card stand on pages of their own', async () => {
    await v.open('use', `${path}?tab=use`, '.plain-table.pick tbody tr');
    await v.page.getByText('Used besides by').waitFor();
    await v.shot('source-use');
    await v.open('alarms', `${path}?tab=alarms`, 'text=Alarms that ended');
    await v.page.getByLabel('Reason').last().fill('new disks');
    await v.page.getByRole('button', { name: 'Plan it' }).click();
    await v.page.locator('.health', { hasText: 'maintenance' }).waitFor();
    await v.shot('source-alarms');
    await v.open('card', `${path}?tab=card`, 'text=What people say of it');
    await v.page.getByLabel('Owner').fill('proxy team');
    await v.page.getByLabel('Reason').fill('handed over');
    await v.page.getByRole('button', { name: 'Save' }).click();
    await v.page.getByText('Saved.').waitFor();
    await v.shot('source-card');
  });

  it('a parser that is broken says where, and is sound again once mended', async () => {
    await v.open('parsers', '/parsers', '[role=grid] .dt-row');
    await v.shot('parsers');
    await v.open('parser', `/parsers/squid?source=${encodeURIComponent(id)}`, '.field-table');
    await v.page.getByText('sound', { exact: true }).waitFor();
    expect(await v.page.locator('.case-run.green').count()).toBeGreaterThan(1);
    const row = v.page.locator('.field-table tr', { hasText: 'http.response.status_code' });
    await v.page.locator('.sample-line', { hasText: 'TCP_TUNNEL' }).first().click();
    await row.waitFor();
    expect(await row.innerText()).toMatch(/200[\s\S]*extract \d+[\s\S]*map \d+/);
    // What is looked at is marked in the text; every step says what came of it.
    await row.hover();
    await v.page.locator('.yaml-gutter .looked-at').first().waitFor();
    const steps = v.page.getByRole('region', { name: 'Steps' });
    expect(await steps.locator('> .step-list > li').count()).toBeGreaterThan(3);
    expect(await steps.innerText()).toMatch(/extract \d+\s*matched/);
    await v.shot('parser');
    await steps.scrollIntoViewIfNeeded();
    await steps.locator('summary').click();
    expect(await steps.innerText()).toContain('skipped:');
    await v.shot('parser-steps');
    const editor = v.page.getByLabel('Parser in YAML');
    const whole = await editor.inputValue();
    // Broken: a part that no parser has.
    await editor.fill(whole.replace('extract:', 'extarct:'));
    const finding = v.page.locator('.finding-error').first();
    await finding.waitFor();
    expect(await finding.innerText()).toContain('extarct is no part of a parser');
    await v.page.locator('.yaml-gutter .bad').first().waitFor();
    expect(await v.page.getByRole('button', { name: 'Save as my own' }).isDisabled()).toBe(true);
    await finding.getByRole('button', { name: /Go to line/ }).click();
    await v.shot('parser-broken');
    // Sound, but another result: the cases turn red, the lines show what changes.
    await editor.fill(whole.replace('_status: http.response.status_code', '_status: http.response.code'));
    await v.page.locator('.case-run.red').first().waitFor();
    await v.page.locator('.field-table tr.changed', { hasText: 'gone' }).first().waitFor();
    await v.page.locator('.case-run.red').first().locator('summary').click();
    await v.shot('parser-red');
    // What it would change in all that came, told before it is used.
    const stream = v.page.getByRole('region', { name: 'On the stream' });
    await stream.getByRole('button', { name: 'Try on the stream' }).click();
    await stream.locator('tr', { hasText: 'http.response.status_code' }).first().waitFor();
    expect(await stream.innerText()).toMatch(/Reads\s+(\d+) now, \1 then/);
    await stream.locator('summary').first().click();
    await stream.scrollIntoViewIfNeeded();
    await v.shot('parser-stream');
    // Mended, and one thing more: saved as a parser of one's own, which reads the next record.
    await editor.fill(whole.replace('version: 1', 'version: 2').replace('observer.type: proxy', 'observer.type: web-proxy'));
    await v.page.locator('.field-table tr.changed', { hasText: 'web-proxy' }).first().waitFor();
    await v.page.getByLabel('Reason for saving').fill('our word for it');
    await v.page.getByRole('button', { name: 'Save as my own' }).click();
    await v.page.locator('.page-head .tag.amber', { hasText: 'own' }).waitFor();
    await sendSyslog(demo.syslogPort, squid(7));
    await v.open('samples', `${path}?tab=samples`, '.sample');
    await until(
      async () => {
        await v.page.reload();
        await v.page.locator('.sample').first().waitFor();
        return (await v.page.locator('.fields').innerText()).includes('squid@2');
      },
      30_000,
      () => 'the saved parser does not read',
    );
    await v.open('parser', '/parsers/squid', '.workbench');
    await v.page.getByLabel('Reason for saving').fill('only tried');
    await v.page.getByRole('button', { name: 'Take back' }).click();
    await v.page.locator('.page-head .tag', { hasText: 'shipped' }).waitFor();
  });

  it('the quality of it all, part by part, each number a way to its sources', async () => {
    await v.open('quality', '/quality', '[role=grid] .dt-row');
    await v.page.locator('.quality-card', { hasText: 'searchable' }).waitFor();
    await v.shot('quality');
    const row = v.page.locator('.dt-row', { hasText: 'squid.access' });
    expect(await row.innerText()).toContain('squid.access');
    await v.page
      .locator('.quality-card', { hasText: 'Quality' })
      .getByRole('link', { name: /unread/ })
      .click();
    await v.page.waitForURL(/has=unread/);
    await v.page.locator('.dt-row', { hasText: id }).waitFor();
  });

  it('and what to connect next', async () => {
    await v.open('backlog', '/backlog', '[role=grid] .dt-row');
    await v.page.locator('.dt-row').first().click();
    await v.page.locator('.backlog-detail').waitFor();
    await v.shot('backlog');
  });

  it('stands in the light, on a narrow screen, and by letters alone', async () => {
    await v.page.setViewportSize({ width: 900, height: 900 });
    await v.scheme('light');
    for (const [name, address, sign] of [
      ['sources', '/sources', '.dt-row'],
      ['source', path, '.chart canvas'],
      ['parser', `/parsers/squid?source=${encodeURIComponent(id)}`, '.field-table'],
      ['quality', '/quality', '.dt-row'],
      ['backlog', '/backlog', '.dt-row'],
    ] as const) {
      await v.open(name, address, sign);
      await v.shot(`${name}-narrow-light`);
      expect(await v.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    }
    await v.page.keyboard.press('g');
    await v.page.keyboard.press('q');
    await v.page.waitForURL(/\/quality/);
    expect(v.faults).toEqual([]);
  });
});
