// Behind a mask, in the real program and a real browser: an analyst to whom people and addresses are masked reads search, board and case.
// No page shows a value; pseudonyms are marked as such; every page says how to see in clear, and that is written down.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, missing, sendSyslog, startServe, until } from './program';
import { type Visit, visit } from './visit';

const lack = missing();
if (lack) console.warn(`the story of a mask in a browser is skipped: ${lack}`);
const person = 'zqsecret';
const address = '203.0.113.77';

describe.skipIf(lack)('behind a mask', () => {
  let house: Demo;
  let v: Visit;
  let caseId = '';
  const signIn = async (name: string, password: string) => {
    await v.open('sign-in', '/', 'form.signin-form');
    await v.page.getByLabel('Name').fill(name);
    await v.page.getByLabel('Password', { exact: true }).fill(password);
    await v.page.keyboard.press('Enter');
    await v.page.getByRole('heading', { name: 'Board' }).waitFor();
  };
  const ask = async (path: string, data: object) => {
    const answer = await v.page.request.post(path, { headers: { 'X-Andon': '1' }, data });
    expect(answer.ok(), `${path}: ${answer.status()}`).toBe(true);
    return answer.json();
  };
  const says = async () => {
    const text = await v.page.locator('body').innerText();
    return text.includes(person) || text.includes(address);
  };
  beforeAll(async () => {
    house = await startServe({ masked: { fields: ['user.*', 'source.ip'], clearRoles: ['admin'] } });
    v = await visit(house.console);
    await signIn(house.name, house.password);
    const line = (i: number, word: string) =>
      `<38>1 ${new Date(Date.now() - 60_000 + i * 1000).toISOString()} web01 sshd ${800 + i} - - ${word} password for ${person} from ${address} port ${40_000 + i} ssh2`;
    for (let i = 0; i < 20; i++) await sendSyslog(house.syslogPort, line(i, 'Failed'));
    await sendSyslog(house.syslogPort, line(21, 'Accepted'));
    await until(
      async () => {
        const cases = await (await v.page.request.get('/api/cases?state=open')).json();
        caseId = cases.cases[0]?.caseId ?? '';
        return caseId !== '' && (await ask('/api/search', { kql: 'Events', fromMs: 0 })).rows.length === 21;
      },
      60_000,
      () => `there is no case:\n${house.said()}`,
    );
    await ask('/api/users', { name: 'anna', password: 'browser-password-0002', roles: ['analyst'] });
    await v.open('case in clear', `/cases/${caseId}`, 'h1');
    expect(await says()).toBe(true);
    await v.page.context().clearCookies();
    await signIn('anna', 'browser-password-0002');
  });
  afterAll(async () => {
    await v?.end();
    await house?.stop();
  });

  it('reads rows, a record, fields and their tops without a value', async () => {
    await v.open('masked rows', `/search?q=${encodeURIComponent('Events | where host.name == "web01"')}&last=1h`, '[role=grid] .pseudonym');
    expect(await v.page.locator('[role=grid] .pseudonym').count()).toBeGreaterThan(5);
    await v.page.getByRole('button', { name: /See in clear/ }).waitFor();
    await v.shot('masked-search');
    await v.page.locator('[role=grid] .dt-row').first().click();
    await v.page.keyboard.press('Enter');
    await v.page.waitForTimeout(1_000);
    await v.shot('masked-record');
    expect(await says()).toBe(false);
    await v.page.keyboard.press('Escape');
    await v.page.getByText('user.name', { exact: true }).first().click();
    await v.page.waitForTimeout(1_000);
    await v.shot('masked-tops');
    expect(await says()).toBe(false);
  });

  it('is told why a question in clear finds nothing', async () => {
    await v.open('asked in clear', `/search?q=${encodeURIComponent(`Events | where user.name == "${person}"`)}&last=1h`, '.state');
    await v.page.locator('.state', { hasText: /Masked to you: user\.name/ }).waitFor();
    await v.shot('masked-nothing');
  });

  it('works cases and reads sources without a value, and no page grows beyond the window', async () => {
    for (const [name, path, sign] of [
      ['board', '/board', '.card-slot'],
      ['cases', '/cases', '[role=grid] .dt-row'],
      ['case', `/cases/${caseId}`, 'h1'],
      ['case alerts', `/cases/${caseId}?tab=alerts`, 'h1'],
      ['case timeline', `/cases/${caseId}?tab=timeline`, 'h1'],
      ['source', `/sources/${encodeURIComponent('syslog-tcp:web01:system.auth')}?tab=samples`, 'h1'],
    ] as const) {
      await v.open(`masked ${name}`, path, sign);
      await v.page.locator('.masked-line').waitFor();
      await v.page.waitForTimeout(700);
      await v.shot(`masked-${name.replace(' ', '-')}`);
      expect(await says(), path).toBe(false);
      // Which rules made a case is no secret: the board can be worked.
      if (/^(board|cases|case)$/.test(name)) await v.page.getByText(/^SSH /).first().waitFor();
      expect(await v.page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBeLessThanOrEqual(0);
    }
    await v.scheme('light');
    await v.shot('masked-source-light');
    await v.scheme('dark');
  });

  it('sees in clear for a while once it says why', async () => {
    await v.open('masked case', `/cases/${caseId}`, '.masked-line');
    await v.page.getByRole('button', { name: /See in clear/ }).click();
    await v.page.getByRole('dialog').getByRole('textbox').first().fill('who is it, case 1');
    await v.page.getByRole('dialog').getByRole('button', { name: 'See in clear' }).click();
    await until(says, 20_000, () => 'the page does not show the value');
    await v.shot('masked-clear');
    expect(v.faults).toEqual([]);
  });
});
