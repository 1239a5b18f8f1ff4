// What stands behind a mask, in the real program and a real browser: pseudonyms are marked as such, every page says how to see in clear, and
// a question in clear that finds nothing says why.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, missing, sendSyslog, startDemo, until } from './program';
import { type Visit, visit } from './visit';

const lack = missing();
if (lack) console.warn(`the story of a mask in a browser is skipped: ${lack}`);
const masked = { fields: ['user.*', 'source.ip'], clear: false, untilMs: 0 };

describe.skipIf(lack)('behind a mask', () => {
  let demo: Demo;
  let v: Visit;
  beforeAll(async () => {
    demo = await startDemo();
    v = await visit(demo.console);
    await v.open('sign-in', '/', 'form.signin-form');
    await v.page.getByLabel('Name').fill(demo.name);
    await v.page.getByLabel('Password', { exact: true }).fill(demo.password);
    await v.page.keyboard.press('Enter');
    await v.page.getByRole('heading', { name: 'Board' }).waitFor();
    const line = `<38>1 ${new Date().toISOString()} web01 sshd 812 - - Failed password for invalid user masked-0123456789ab from fd12:3456:789a:bcde:f012:3456:789a:bcde port 40022 ssh2`;
    await sendSyslog(demo.syslogPort, line);
    await until(
      async () => {
        const answer = await v.page.request.post('/api/search', {
          headers: { 'X-Andon': '1' },
          data: { kql: 'Events | where user.name == "masked-0123456789ab"', fromMs: 0 },
        });
        return ((await answer.json()) as { rows: unknown[] }).rows.length === 1;
      },
      60_000,
      () => `the line is not searchable:\n${demo.said()}`,
    );
    // The demo masks nothing; the page is told that it stands behind a mask.
    await v.page.route('**/api/search/masked', (r) => r.fulfill({ json: masked }));
  });
  afterAll(async () => {
    await v?.end();
    await demo?.stop();
  });

  it('marks what stands for a value, and says how to see it', async () => {
    const kql = 'Events | where user.name startswith "masked-" | project timestamp, user.name, source.ip, host.name';
    await v.open('masked rows', `/search?q=${encodeURIComponent(kql)}&last=1h`, '[role=grid] .pseudonym');
    expect(await v.page.locator('[role=grid] .pseudonym').count()).toBe(2);
    await v.page.getByRole('button', { name: /See in clear/ }).waitFor();
    await v.shot('masked-search');
    await v.scheme('light');
    await v.shot('masked-search-light');
    await v.scheme('dark');
  });

  it('says so on pages that are no search, and none of them grows beyond the window', async () => {
    for (const [name, path, sign] of [
      ['board', '/board', 'h1'],
      ['cases', '/cases', 'h1'],
    ] as const) {
      await v.open(`masked ${name}`, path, sign);
      await v.page.locator('.masked-line').waitFor();
      expect(await v.page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBeLessThanOrEqual(0);
      await v.shot(`masked-${name}`);
    }
    expect(v.faults).toEqual([]);
  });
});
