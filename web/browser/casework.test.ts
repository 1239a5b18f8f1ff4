// The work on a case, in the real program and a real browser: a template's tasks, an observable seen before, evidence by its hash, a red
// case that is not there for others, clocks that stand still; and a case of ten thousand alerts that opens and scrolls.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, missing, startDemo, until } from './program';
import { type Visit, visit } from './visit';

const lack = missing();
if (lack) console.warn(`the work on a case in a browser is skipped: ${lack}`);
const many = 10_000;

/** The files of a zip, by its central directory; enough for what the program writes. */
function unzipped(zip: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  let at = zip.readUInt32LE(zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1')) + 16);
  while (zip.readUInt32LE(at) === 0x02014b50) {
    const [size, name, extra, note, start] = [
      zip.readUInt32LE(at + 20),
      zip.readUInt16LE(at + 28),
      zip.readUInt16LE(at + 30),
      zip.readUInt16LE(at + 32),
      zip.readUInt32LE(at + 42),
    ];
    const from = start + 30 + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28);
    const bytes = zip.subarray(from, from + size);
    files.set(String(zip.subarray(at + 46, at + 46 + name)), zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(bytes) : Buffer.from(bytes));
    at += 46 + name + extra + note;
  }
  return files;
}

describe.skipIf(lack)('the work on a case', () => {
  let demo: Demo;
  let v: Visit;
  let first = '';
  let second = '';
  const spent: { what: string; ms: number }[] = [];

  const api = async <T>(path: string, body?: unknown): Promise<T> =>
    (await v.page.evaluate(
      async ([address, json]) => {
        const answer = await fetch(address as string, {
          method: json ? 'POST' : 'GET',
          headers: { 'X-Andon': '1', 'Content-Type': 'application/json' },
          body: json as string | undefined,
        });
        return answer.json();
      },
      [path, body ? JSON.stringify(body) : undefined],
    )) as T;
  const report = async (title: string, value: string) =>
    (await api<{ card: { caseId: string } }>('/api/cases', { title, text: '', entities: [{ kind: 'ip', value }] })).card.caseId;

  beforeAll(async () => {
    demo = await startDemo();
    v = await visit(demo.console);
    await v.open('sign-in', '/', 'form.signin-form');
    await v.page.getByLabel('Name').fill(demo.name);
    await v.page.getByLabel('Password', { exact: true }).fill(demo.password);
    await v.page.keyboard.press('Enter');
    await v.page.getByRole('heading', { name: 'Board' }).waitFor();
    first = await report('Odd mail, reported first', '198.51.100.77');
    second = await report('Odd mail, reported again', '198.51.100.77');
  });
  afterAll(async () => {
    await v?.end();
    await demo?.stop();
    console.table(spent);
  });

  it('tasks come from a template and by hand, and many end in one go', async () => {
    await v.open('tasks', `/cases/${second}?tab=tasks`, '.work-add');
    await v.page.getByText('No task yet').waitFor();
    await v.page.getByRole('button', { name: 'Other templates' }).click();
    await v.page.getByRole('menuitem', { name: /Mail that lures/ }).click();
    await v.page.locator('[data-task]').nth(4).waitFor();
    await v.page.getByLabel('New tasks, a line each').fill('Ask the sender by phone\nAsk the recipient');
    await v.page.getByRole('button', { name: 'Add 2' }).click();
    await v.page.locator('[data-task]').nth(6).waitFor();
    await v.page.getByLabel('Choose Ask the recipient').check();
    await v.page.getByLabel('Choose Ask the sender by phone').check();
    await v.page.getByRole('button', { name: 'Done', exact: true }).first().click();
    await v.page.getByText('2 of 7 tasks ended').waitFor();
    await v.page.getByRole('button', { name: 'Keep the mail with its headers as evidence', exact: true }).click();
    await v.page.getByText('added from the template phishing').waitFor();
    await v.shot('case-tasks');
    await v.scheme('light');
    await v.shot('case-tasks-light');
    await v.scheme('dark');
  });

  it('an observable says in which other case it was, and the cases are similar', async () => {
    await v.open('observables', `/cases/${second}?tab=observables`, '.work-table');
    await v.page.getByLabel('Value').fill('lure.example');
    await v.page.getByLabel('Type').first().click();
    await v.page.getByRole('option', { name: 'domain' }).click();
    await v.page.getByRole('button', { name: 'Add', exact: true }).click();
    await v.page.locator('.work-table').getByText('lure.example').waitFor();
    expect(await v.page.locator('.work-table').innerText()).toContain('1 other case');
    const similar = v.page.locator('.panel', { hasText: 'Similar cases' });
    expect(await similar.innerText()).toMatch(/50 %\s+#\d+ Odd mail, reported first/);
    await v.shot('case-observables');
  });

  it('evidence is kept by its hash, given out as bytes, and every hand stands in its chain', async () => {
    await v.open('evidence', `/cases/${second}?tab=evidence`, '.drop');
    const bytes = Buffer.from('<script>document.title="no"</script>');
    await v.page.locator('input[type=file]').setInputFiles({ name: 'mail.html', mimeType: 'text/html', buffer: bytes });
    const piece = v.page.locator('[data-evidence]').first();
    await piece.waitFor();
    expect(await piece.innerText()).toContain(createHash('sha256').update(bytes).digest('hex'));
    const coming = v.page.waitForEvent('download');
    await piece.getByRole('link', { name: 'Download' }).click();
    expect((await coming).suggestedFilename()).toBe('mail.html');
    await piece.getByRole('button', { name: 'Check hash' }).click();
    await piece.getByText('checked its hash').waitFor();
    expect(await piece.innerText()).toContain('took it to read');
    const archive = v.page.waitForEvent('download');
    await v.page.getByRole('link', { name: 'Export all, 1' }).click();
    const zip = await archive;
    expect(zip.suggestedFilename()).toBe(`evidence-${second}.zip`);
    const inside = unzipped(readFileSync(await zip.path()));
    const manifest = JSON.parse(String(inside.get('manifest.json')));
    expect(inside.get(manifest.pieces[0].file)).toEqual(bytes);
    expect(String(inside.get('SHA256SUMS'))).toBe(`${createHash('sha256').update(bytes).digest('hex')}  ${manifest.pieces[0].file}\n`);
    expect(manifest.pieces[0].evidence.chain.at(-1).how).toBe('exported');
    await v.open('evidence-exported', `/cases/${second}?tab=evidence`, '[data-evidence]');
    await piece.locator('summary').click();
    await piece.getByText('exported it').first().waitFor({ state: 'attached' });
    await v.shot('case-evidence-exported');
    await piece.getByRole('button', { name: 'Withdraw' }).click();
    await piece.getByLabel('Why it no longer counts').fill('another mail');
    await piece.getByRole('button', { name: 'Withdraw it' }).click();
    await piece.locator('.tag', { hasText: 'withdrawn' }).waitFor();
    expect(await v.page.title()).not.toBe('no');
    await v.shot('case-evidence');
  });

  it('the clocks of a case are held while it waits, and say so', async () => {
    await v.open('clocks', `/cases/${second}`, '.clock');
    await v.page.getByRole('button', { name: 'Hold clocks' }).click();
    await v.page.getByLabel('For whom or what does the case wait?').fill('the hoster');
    await v.page.getByRole('dialog').getByRole('button', { name: 'Hold the clocks' }).click();
    await v.page.getByText('clocks held: the hoster').waitFor();
    const held = await v.page.locator('.clock-paused').first().innerText();
    await v.shot('case-clocks-held');
    await v.page.waitForTimeout(3_000);
    expect(await v.page.locator('.clock-paused').first().innerText()).toBe(held);
    await v.page.getByRole('button', { name: 'Let them run' }).click();
    await v.page.locator('.clock-running').first().waitFor();
  });

  it('a legal duty has a date that nothing holds, and a person says that it is done', async () => {
    await v.open('legal', `/cases/${second}`, '.workbar');
    await v.page.getByRole('button', { name: 'Legal duty' }).click();
    await v.page.getByRole('combobox', { name: 'Which duty' }).click();
    await v.page.getByRole('option', { name: /GDPR Art. 33/ }).click();
    await v.page.getByRole('textbox', { name: 'Why' }).fill('mail of customers was read');
    await v.shot('case-legal-duty');
    await v.page.getByRole('button', { name: 'The case is under this duty' }).click();
    const chip = v.page.locator('[data-clock="gdpr-33"]');
    await chip.waitFor();
    expect(await chip.innerText()).toMatch(/GDPR Art. 33[\s\S]*due \d+ \w{3} \d\d:\d\d UTC[\s\S]*in (2 d 23 h|3 d)/);
    await v.shot('case-legal');
    await v.scheme('light');
    await v.shot('case-legal-light');
    await v.scheme('dark');
    await chip.getByRole('button', { name: /Done/ }).focus();
    await v.page.keyboard.press('Enter');
    await v.page.getByLabel('Reference').fill('DPA 2026-7');
    await v.page.keyboard.press('Enter');
    await chip.getByText('DPA 2026-7').waitFor();
    expect(await chip.innerText()).toContain('done in time');
    await v.shot('case-legal-done');
  });

  it('the timeline has its moments, and the graph the other case in grey', async () => {
    await v.open('timeline', `/cases/${second}?tab=timeline`, '.timeline-list');
    await v.page.locator('.timeline-list .tag', { hasText: 'detect' }).waitFor();
    await v.page.getByRole('button', { name: 'Flag this line' }).first().click();
    await v.page.locator('tr.flagged').waitFor();
    await v.shot('case-timeline');
    await v.open('graph', `/cases/${second}?tab=graph`, '.node');
    await v.page.locator(`.node.grey[data-node="case:${first}"]`).focus();
    await v.page.keyboard.press('Enter');
    await v.page.getByRole('button', { name: 'Open the case' }).waitFor();
    await v.shot('case-graph');
  });

  it('a red case is there for its people, and not for another', async () => {
    await api('/api/users', { name: 'otto', password: 'a long enough phrase', roles: ['analyst'] });
    await v.open('mark', `/cases/${second}`, '.workbar');
    await v.page.locator('.workbar .tlp').click();
    await v.page.getByRole('combobox', { name: 'Traffic light protocol' }).click();
    await v.page.getByRole('option', { name: 'TLP:RED' }).click();
    await v.page.getByLabel('Classification').fill('fraud');
    await v.shot('case-mark');
    await v.page.getByRole('button', { name: 'Mark the case' }).click();
    await v.page.locator('.workbar .tlp-red').waitFor();
    const other = await visit(demo.console);
    try {
      await other.open('sign-in', '/', 'form.signin-form');
      await other.page.getByLabel('Name').fill('otto');
      await other.page.getByLabel('Password', { exact: true }).fill('a long enough phrase');
      await other.page.keyboard.press('Enter');
      await other.page.getByRole('heading', { name: 'Board' }).waitFor();
      await other.open('cases', '/cases?q=Odd', '.dt, .state');
      await other.page.getByText('Odd mail, reported first').first().waitFor();
      expect(await other.page.getByText('Odd mail, reported again').count()).toBe(0);
      await other.open('gone', `/cases/${second}`, '.state');
      expect(await other.page.locator('.state').innerText()).toContain('nothing at this address');
      await other.open('graph', `/cases/${first}?tab=graph`, '.node, .state');
      expect(await other.page.locator(`[data-node="case:${second}"]`).count()).toBe(0);
      await other.shot('case-red-hidden');
    } finally {
      await other.end();
    }
  });

  it(`a case of ${many} alerts opens and scrolls; the times are printed`, async () => {
    // A few hundred at a time: of more in one batch the matcher keeps 500 a rule and says so.
    let big = '';
    let sent = 0;
    await until(
      async () => {
        const lines = Array.from({ length: 400 }, () => {
          const line = `<78>1 ${new Date().toISOString()} bulk01 crontab ${sent++} - - (root) REPLACE (root)`;
          return `${Buffer.byteLength(line)} ${line}`;
        }).join('');
        await new Promise<void>((done, fail) => {
          const socket = connect(demo.syslogPort, '127.0.0.1', () => socket.end(lines));
          socket.on('error', fail).on('close', () => done());
          socket.resume();
        });
        const { cases } = await api<{ cases: { caseId: string; alerts: number }[] }>('/api/cases?q=bulk01');
        const most = cases.sort((a, b) => b.alerts - a.alerts)[0];
        big = most?.caseId ?? '';
        return (most?.alerts ?? 0) >= many;
      },
      150_000,
      () => `no case of bulk01 has ${many} alerts after ${sent} lines`,
    );
    await until(
      async () => (await api<{ total?: number }>(`/api/cases/${big}/alerts?take=1`)).total! >= many,
      60_000,
      () => 'the alerts are not in the store yet',
    );
    const time = async (what: string, run: () => Promise<unknown>) => {
      const begin = performance.now();
      await run();
      spent.push({ what, ms: Math.round(performance.now() - begin) });
    };
    await time('opens a case of 10 000 alerts, from nothing', () =>
      v.open('big', `/cases/${big}?tab=alerts`, '.alerts-table [role=row] .mono'),
    );
    await time('goes to Overview', async () => {
      await v.page.getByRole('tab', { name: /Overview/ }).click();
      await v.page.locator('.case-overview').waitFor();
    });
    await time('goes back to Alerts', async () => {
      await v.page.getByRole('tab', { name: /Alerts/ }).click();
      await v.page.locator('.alerts-table [role=row] .mono').first().waitFor();
    });
    const scroller = v.page.locator('.alerts-table .dt-body, .alerts-table [class*=dt]').first();
    for (const share of [0.5, 0.95])
      await time(`scrolls to ${share * 100} % and shows its rows`, async () => {
        const rows = await scroller.evaluate((_, part) => {
          const box = [...document.querySelectorAll<HTMLElement>('.alerts-table *')].find((e) => e.scrollHeight > e.clientHeight + 1000);
          if (!box) return -1;
          box.scrollTop = box.scrollHeight * part;
          return box.querySelectorAll('[role=row]').length;
        }, share);
        expect(rows).toBeGreaterThan(0);
        expect(rows).toBeLessThan(200);
        await v.page.waitForFunction(
          (least) => {
            const text = document.querySelector('.alerts-bar')?.textContent?.replace(/[^\d ]/g, ' ') ?? '';
            const first = Math.max(
              ...text
                .split(/ {2,}/)
                .map((t) => Number(t.replaceAll(' ', '')))
                .slice(1, 2),
            );
            return first > least && !document.querySelector('.alerts-table')?.textContent?.includes('loading');
          },
          many * share * 0.8,
        );
      });
    const shown = await v.page.evaluate(async (address) => {
      const begin = performance.now();
      await (await fetch(address)).json();
      return Math.round(performance.now() - begin);
    }, `/api/cases/${big}`);
    spent.push({ what: 'the case itself, from the server', ms: shown });
    await v.shot('case-10000');
    expect(v.faults.filter((f) => !/404/.test(f))).toEqual([]);
  });
});
