// A correlation from inside, in the real program and a real browser: empty, filling while one looks, firing, and what it cannot count.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, missing, sendSyslog, startDemo, until } from './program';
import { type Visit, visit } from './visit';

const [rule, guessing, blind] = [1, 2, 3].map((n) => `5c1f8c1e-6a57-4a3a-9b1e-0d7d2f6b4e0${n}`) as [string, string, string];
const correlation = (id: string, title: string, groupBy: string, most: number) => `title: ${title}
id: ${id}
status: test
author: Berta Example
level: high
correlation:
    type: event_count
    rules: [retired_account]
    group-by: [${groupBy}]
    timespan: 10m
    condition: { gte: ${most} }
`;
const yaml = [
  `title: Sign-in by a retired account
name: retired_account
id: ${rule}
status: test
author: Berta Example
level: low
logsource: { product: linux, service: sshd }
detection:
    retired: { user.name: retired-svc }
    condition: retired
`,
  correlation(guessing, 'Guessing at the retired account', 'source.ip', 5),
  correlation(blind, 'Guessing, by a field that is not there', 'url.path', 5),
].join('---\n');
// Windows go by the events' own time, so they are of now.
const line = (ip: string) =>
  `<38>1 ${new Date().toISOString()} web01 sshd 812 - - Failed password for invalid user retired-svc from ${ip} port 40022 ssh2`;
const lack = missing();
if (lack) console.warn(`the story of a correlation in a browser is skipped: ${lack}`);

describe.skipIf(lack)('a correlation, looked into while it gathers', () => {
  let demo: Demo;
  let v: Visit;
  const rows = () => v.page.locator('.inside-groups tbody tr');
  const seen = async (row: number, text: RegExp) => {
    await until(
      async () => (await rows().count()) > row && text.test(await rows().nth(row).innerText()),
      60_000,
      () => `no row ${row} with ${text}:\n${demo.said()}`,
    );
  };

  beforeAll(async () => {
    demo = await startDemo();
    v = await visit(demo.console);
    await v.open('sign-in', '/', 'form.signin-form');
    await v.page.getByLabel('Name').fill(demo.name);
    await v.page.getByLabel('Password', { exact: true }).fill(demo.password);
    await v.page.keyboard.press('Enter');
    await v.page.getByRole('heading', { name: 'Board' }).waitFor();
    const made = await v.page.request.post('/api/rules/import?why=tried', {
      headers: { 'X-Andon': '1', 'Content-Type': 'text/yaml' },
      data: yaml,
    });
    expect(await made.json()).toMatchObject({ loaded: 3, refused: 0 });
  });
  afterAll(async () => {
    await v?.end();
    await demo?.stop();
  });

  it('says that nothing is gathered, and shows groups as they fill, without a reload', async () => {
    await v.open('inside', `/rules/${guessing}`, 'text=Nothing is gathered now');
    await v.shot('inside-empty');
    for (let i = 0; i < 3; i++) await sendSyslog(demo.syslogPort, line('203.0.113.207'));
    await sendSyslog(demo.syslogPort, line('203.0.113.208'));
    await seen(0, /203\.0\.113\.207[\s\S]*3 of 5[\s\S]*(9|10) min[\s\S]*never/);
    await seen(1, /203\.0\.113\.208[\s\S]*1 of 5/);
    await v.shot('inside-filling');
    for (let i = 0; i < 4; i++) await sendSyslog(demo.syslogPort, line('203.0.113.208'));
    await seen(0, /203\.0\.113\.208[\s\S]*5 of 5[\s\S]*(now|ago)/);
    expect(await rows().first().getByRole('progressbar').getAttribute('aria-valuenow')).toBe('100');
    await v.shot('inside-fired');
  });

  it('shows what it could not count, with the events', async () => {
    await v.open('blind', `/rules/${blind}`, 'text=Nothing is gathered now');
    await until(
      async () => /8\s+hits without a group/.test(await v.page.locator('.figures').first().innerText()),
      30_000,
      () => 'the counter of hits without a group does not say 8',
    );
    await v.page.getByText('Events that were not counted').click();
    await v.page.getByText("no value in 'url.path'").first().waitFor();
    await v.shot('inside-missing');
    await v.scheme('light');
    await v.open('inside', `/rules/${guessing}`, '.inside-groups tbody tr');
    await v.shot('inside-light');
    expect(v.faults).toEqual([]);
  });
});
