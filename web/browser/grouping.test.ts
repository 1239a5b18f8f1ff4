// Someone finds that a case holds what does not belong: a join is undone and taken back, two cases are merged and unmerged.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, missing, startDemo, until } from './program';
import { type Visit, visit } from './visit';

const lack = missing();
if (lack) console.warn(`regrouping in a browser is skipped: ${lack}`);

interface Twig {
  signalId: string;
  title: string;
  under: number;
  depth: number;
}
interface Line {
  caseId: string;
  number: number;
  signals: number;
}

describe.skipIf(lack)('regrouping by hand', () => {
  let demo: Demo;
  let v: Visit;
  let caseId = '';
  let leaf: Twig | undefined;

  const ask = async <T>(path: string) => (await (await v.page.request.get(path)).json()) as T;
  const tree = () => ask<{ tree: Twig[]; parts: { case: Line }[] }>(`/api/cases/${caseId}/grouping`);
  const rows = () => v.page.locator('[role=grid][aria-label="Forest of reasons"] .dt-row');
  const reason = async (text: string, button: string) => {
    const dialog = v.page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Reason' }).fill(text);
    await dialog.getByRole('button', { name: button, exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  };

  beforeAll(async () => {
    demo = await startDemo();
    v = await visit(demo.console);
  });
  afterAll(async () => {
    await v?.end();
    await demo?.stop();
  });

  it('shows the forest of reasons of the intrusion', async () => {
    await v.open('sign-in', '/', 'form.signin-form');
    await v.page.getByLabel('Name').fill(demo.name);
    await v.page.getByLabel('Password', { exact: true }).fill(demo.password);
    await v.page.keyboard.press('Enter');
    await v.page.getByRole('heading', { name: 'Board' }).waitFor();
    await until(
      async () => {
        const { cases } = await ask<{ cases: Line[] }>('/api/cases?state=open');
        const most = cases.reduce((a, b) => (b.signals > a.signals ? b : a), { caseId: '', number: 0, signals: 0 });
        caseId = most.caseId;
        return most.signals >= 4 && cases.length >= 3;
      },
      90_000,
      () => 'no case of four signals came up',
    );
    await v.open('grouping', `/cases/${caseId}?tab=grouping`, '[role=grid][aria-label="Forest of reasons"] .dt-row');
    expect(await rows().count()).toBeGreaterThanOrEqual(4);
    await v.shot('grouping');
  });

  it('says what falls away before it undoes a join, and takes it back', async () => {
    leaf = (await tree()).tree.find((t) => t.depth > 0 && t.under === 0);
    expect(leaf).toBeDefined();
    await rows().filter({ hasText: leaf?.title }).last().click();
    await v.page.getByText('Why this signal is here').waitFor();
    await v.page.keyboard.press('x');
    const dialog = v.page.getByRole('dialog');
    await dialog.getByText(/falls? away/).waitFor();
    await v.shot('grouping-preview');
    await reason('It is the backup, not the intruder.', 'Undo the join');
    await v.page.getByText('Done:').waitFor();
    await v.shot('grouping-undone');
    expect((await tree()).tree.length).toBeGreaterThan(0);
    await v.page.locator('[data-move]').first().getByRole('button', { name: 'Take back' }).click();
    await reason('It was the intruder after all.', 'Take it back');
    await until(
      async () => (await tree()).tree.some((t) => t.title === leaf?.title && t.depth > 0),
      20_000,
      () => 'the signal did not come back',
    );
  });

  it('merges two cases by number and unmerges them', async () => {
    const { cases } = await ask<{ cases: Line[] }>('/api/cases?state=open');
    const other = cases.find((c) => c.caseId !== caseId) as Line;
    await v.page.getByRole('button', { name: 'Merge with …' }).click();
    const dialog = v.page.getByRole('dialog');
    await dialog.getByLabel('Case', { exact: true }).fill(`#${other.number}`);
    await dialog
      .locator('.choose-line', { hasText: `#${other.number}` })
      .first()
      .click();
    await v.shot('grouping-merge');
    await reason('The same person did both.', 'Merge');
    const part = v.page.locator(`[data-part="${other.caseId}"]`);
    await part.waitFor();
    await v.shot('grouping-merged');
    expect((await tree()).parts.map((p) => p.case.caseId)).toContain(other.caseId);
    await part.getByRole('button', { name: 'Unmerge' }).click();
    await reason('They are two after all.', 'Unmerge');
    await part.waitFor({ state: 'detached' });
    expect((await ask<{ cases: Line[] }>('/api/cases?state=open')).cases.map((c) => c.caseId)).toContain(other.caseId);
    await v.scheme('light');
    await v.shot('grouping-light');
  });

  const pick = async () => {
    await v.open('grouping', `/cases/${caseId}?tab=grouping`, '[role=grid][aria-label="Forest of reasons"] .dt-row');
    const end = (await tree()).tree.filter((t) => t.under === 0).at(-1) as Twig;
    await rows().filter({ hasText: end.title }).last().click();
    await v.page.keyboard.press('Space');
    await v.page.getByRole('button', { name: 'Split off 1', exact: true }).waitFor();
    return (await tree()).tree.length;
  };
  const back = async (signals: number) => {
    await v.page.locator('[data-move]').first().getByRole('button', { name: 'Take back' }).click();
    await reason('It belongs here after all.', 'Take it back');
    await until(
      async () => (await tree()).tree.length === signals,
      20_000,
      () => 'the signal did not come back',
    );
  };

  it('splits a chosen signal off, takes that back, and the taking back too', async () => {
    await v.scheme('dark');
    const before = await pick();
    await v.page.getByRole('button', { name: 'Split off 1', exact: true }).click();
    await reason('Another matter.', 'Make a case of them');
    await v.page.getByText('Done:').waitFor();
    expect((await tree()).tree.length).toBe(before - 1);
    await v.shot('grouping-split');
    await back(before);
    await v.page.locator('[data-move]', { hasText: 'came back' }).first().waitFor();
    await v.shot('grouping-came-back');
    await back(before - 1);
    await back(before);
  });

  it('moves a signal into another case by its number', async () => {
    const { cases } = await ask<{ cases: Line[] }>('/api/cases?state=open');
    const other = cases.find((c) => c.caseId !== caseId && c.signals > 0) as Line;
    const before = await pick();
    await v.page.getByRole('button', { name: 'Move to …' }).click();
    const dialog = v.page.getByRole('dialog');
    await dialog.getByLabel('Case', { exact: true }).fill(`#${other.number}`);
    await dialog
      .locator('.choose-line', { hasText: `#${other.number}` })
      .first()
      .click();
    await v.shot('grouping-move');
    await reason('It is of the other matter.', 'Move them');
    await v.page.getByText('Done:').waitFor();
    expect((await tree()).tree.length).toBe(before - 1);
    expect((await ask<{ tree: Twig[] }>(`/api/cases/${other.caseId}/grouping`)).tree.length).toBeGreaterThan(other.signals);
    await back(before);
  });

  it('keeps two cases apart that share an address, and withdraws that', async () => {
    const made: string[] = [];
    for (const title of ['Odd call, noon', 'Odd call, night']) {
      const answer = await v.page.request.post('/api/cases', {
        headers: { 'X-Andon': '1' },
        data: { title, text: '', entities: [{ kind: 'ip', value: '198.51.100.42' }] },
      });
      made.push(((await answer.json()) as { card: { caseId: string } }).card.caseId);
    }
    await v.open('apart', `/cases/${made[0]}?tab=grouping`, '.grouping');
    const similar = v.page.locator('.panel', { hasText: 'Similar cases' });
    await similar.getByRole('button', { name: 'Not related' }).first().click();
    await reason('Two callers with one line.', 'Keep them apart');
    const apart = v.page.locator('.panel', { hasText: 'Two callers with one line.' }).first();
    await apart.waitFor();
    await v.shot('grouping-apart');
    const kept = await ask<{ partings: { case: Line; other: Line }[] }>('/api/triage/constraints');
    expect(kept.partings.map((p) => [p.case.caseId, p.other.caseId])).toContainEqual(made);
    await apart.getByRole('button', { name: 'Withdraw' }).first().click();
    await reason('One caller.', 'Withdraw');
    await until(
      async () => (await ask<{ partings: unknown[] }>('/api/triage/constraints')).partings.length === 0,
      20_000,
      () => 'the constraint stayed',
    );
  });

  it('nothing went wrong in the page', () => {
    expect(v.faults).toEqual([]);
  });
});
