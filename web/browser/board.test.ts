// The board in the real program and a real browser: pulled with its reason, dragged over a limit, re-routed, a change asked of
// Operations, done by one and verified by another, and the inbox by keyboard alone.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, missing, startDemo, until } from './program';
import { type Visit, visit } from './visit';

const lack = missing();
if (lack) console.warn(`the board in a browser is skipped: ${lack}`);
const password = 'a long enough password';

describe.skipIf(lack)('the board', () => {
  let demo: Demo;
  let v: Visit;
  const headers = { 'X-Andon': '1' };

  const signIn = async (name: string, word: string, heading: string) => {
    await v.page.context().clearCookies();
    await v.open('sign-in', '/', 'form.signin-form');
    await v.page.getByLabel('Name').fill(name);
    await v.page.getByLabel('Password', { exact: true }).fill(word);
    await v.page.keyboard.press('Enter');
    await v.page.getByRole('heading', { name: heading }).waitFor();
  };
  const post = async (path: string, data: unknown, status = 200) => {
    const answer = await v.page.request.post(path, { headers, data });
    expect(answer.status(), await answer.text()).toBe(status);
    return answer.json();
  };
  const slot = (title: string) => v.page.locator('.card-slot', { hasText: title });
  const lane = (name: string) => v.page.locator(`.lane-${name}`);
  const drag = async (title: string, to: string) => {
    const from = await slot(title).boundingBox();
    const target = await lane(to).boundingBox();
    if (!from || !target) throw new Error(`${title} or ${to} is not in sight`);
    await v.page.mouse.move(from.x + 60, from.y + 12);
    await v.page.mouse.down();
    await v.page.mouse.move(from.x + 80, from.y + 30, { steps: 4 });
    await v.page.mouse.move(target.x + target.width / 2, target.y + 160, { steps: 8 });
    await v.page.mouse.up();
  };
  const away = () => v.page.mouse.move(700, 20);

  beforeAll(async () => {
    demo = await startDemo();
    v = await visit(demo.console);
    await signIn(demo.name, demo.password, 'Board');
    await post('/api/users', { name: 'anna', password, roles: ['analyst'] });
    await post('/api/users', { name: 'otto', password, roles: ['operations'] });
    for (const n of [1, 2])
      await post('/api/cases', {
        title: `Reported thing ${n}`,
        text: `seen on desk${n}`,
        entities: [{ kind: 'host', value: `desk${n}` }],
      });
    await post('/api/board/planned', { title: 'Quieten the proxy rule', text: '', work: 'tuning', domain: 'network' });
  });
  afterAll(async () => {
    await v?.end();
    await demo?.stop();
  });

  it('gives the next card with its reason', async () => {
    await v.open('board', '/board', '.card-slot');
    await slot('Reported thing 2').waitFor();
    await away();
    await v.page.keyboard.press('p');
    await v.page.locator('.given').waitFor();
    expect(await v.page.locator('.given').innerText()).toMatch(/#\d+, because (priority|planned work|expedite)/);
    await v.shot('board');
    await v.page.getByLabel('Dismiss the reason').click();
  });

  it('takes one out of order only with a reason, by the keyboard', async () => {
    for (const n of [1, 2]) {
      await slot(`Reported thing ${n}`).locator('.card-top').click();
      await v.page.keyboard.press('a');
      const dialog = v.page.getByRole('dialog');
      const asked = await Promise.race([
        dialog.waitFor().then(() => true),
        lane('triage')
          .locator('.card-slot', { hasText: `Reported thing ${n}` })
          .waitFor()
          .then(() => false),
      ]);
      if (asked) {
        await dialog.getByText('TRI204').waitFor();
        await dialog.getByLabel('Reason').fill('I talked to the person who reported it');
        await dialog.getByRole('button', { name: 'Take it' }).click();
      }
      await lane('triage')
        .locator('.card-slot', { hasText: `Reported thing ${n}` })
        .waitFor();
    }
  });

  it('a full lane refuses a drag, says what to do, and yields to a reason', async () => {
    await v.open('settings', '/board/settings', 'text=Limits and the split');
    await v.page.getByLabel('Cards in Investigate').fill('1');
    await v.page.getByPlaceholder('Reason, kept with the change').fill('we learn to finish');
    await v.page.getByRole('button', { name: 'Set' }).first().click();
    await v.page.getByText('set by a person').waitFor();
    await v.shot('board-settings');

    await v.open('board', '/board', '.card-slot');
    await drag('Reported thing 1', 'investigate');
    await lane('investigate').locator('.card-slot', { hasText: 'Reported thing 1' }).waitFor();
    await drag('Reported thing 2', 'investigate');
    const dialog = v.page.getByRole('dialog');
    await dialog.getByText('TRI202').waitFor();
    expect(await dialog.innerText()).toContain('its limit is 1');
    expect(await dialog.innerText()).toContain('override with a reason');
    await v.shot('board-refused');
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('both desks stand side by side');
    await dialog.getByLabel('Move it although the lane is at its limit').check();
    await dialog.getByRole('button', { name: 'Move to Investigate' }).click();
    await lane('investigate').locator('.card-slot', { hasText: 'Reported thing 2' }).waitFor();
    await until(
      async () => /2\s*\/ 1 over/.test(await lane('investigate').locator('.wip').innerText()),
      10_000,
      () => 'the lane does not show that it is over its limit',
    );
  });

  it('re-routes in two strokes, filters by tokens, and keeps a view', async () => {
    await away();
    await slot('Reported thing 1').locator('.card-top').click();
    await v.page.keyboard.press('Shift+R');
    const dialog = v.page.getByRole('dialog');
    await dialog.getByText('routing learns from it').waitFor();
    await v.shot('board-route');
    await dialog.getByRole('button', { name: 'ot', exact: true }).click();
    await slot('Reported thing 1').locator('.card-domain', { hasText: 'ot' }).waitFor();

    await dialog.waitFor({ state: 'detached' });
    await v.page.keyboard.press('/');
    await until(
      async () => v.page.getByLabel('Add a filter').evaluate((e) => e === document.activeElement),
      10_000,
      () => 'the slash does not lead into the filter',
    );
    await v.page.keyboard.type('domain:ot');
    await v.page.keyboard.press('Enter');
    await v.page.getByLabel('Remove domain ot').waitFor();
    await until(
      async () => (await v.page.locator('.card-slot').count()) === 1,
      10_000,
      () => 'the filter does not leave one card',
    );
    await v.page.getByRole('button', { name: 'Views' }).click();
    await v.page.getByLabel('Name of the view').fill('Plant');
    await v.page.getByRole('button', { name: 'Keep' }).click();
    await v.page.getByRole('menuitem', { name: 'Plant' }).waitFor();
    await v.shot('board-filter');
    await v.page.keyboard.press('Escape');
    await v.page.getByLabel('Remove domain ot').click();
    await slot('Reported thing 2').waitFor();
  });

  it('many cards sleep in one gesture; those that may not say why', async () => {
    for (const title of ['Reported thing 1', 'Reported thing 2']) {
      await slot(title).locator('.card-top').click();
      await v.page.keyboard.press('x');
    }
    const bar = v.page.getByLabel('For all selected cards');
    await bar.getByText('2 cards selected').waitFor();
    await bar.getByRole('button', { name: 'Snooze' }).click();
    await v.page.getByRole('menuitem', { name: '1 h' }).click();
    await bar.getByText('2 refused').waitFor();
    await v.shot('board-bulk');
    await v.page.getByLabel('Reason for all').fill('they come back after lunch');
    await bar.getByRole('button', { name: 'Snooze' }).click();
    await v.page.getByRole('menuitem', { name: '1 h' }).click();
    await v.page.getByText('2 cards done').waitFor();
    await until(
      async () => (await slot('Reported thing 1').count()) === 0,
      10_000,
      () => 'the sleeping card still stands there',
    );
    await v.page.locator('.flow-count', { hasText: 'asleep' }).click();
    await slot('Reported thing 1').locator('.card-top').click();
    await v.page.keyboard.press('z');
    await until(
      async () => (await slot('Reported thing 1').count()) === 0,
      10_000,
      () => 'the card does not wake',
    );
    await v.page.getByRole('button', { name: 'Show all' }).first().click();
    await slot('Reported thing 1').waitFor();
  });

  it('asks Operations for a change, and the card waits outside', async () => {
    await slot('Reported thing 1').locator('.card-top').click();
    await v.page.keyboard.press('o');
    const dialog = v.page.getByRole('dialog');
    await dialog.getByLabel('What is to be changed').fill('Take desk1 off the network');
    await dialog.getByLabel('Why').fill('It talks to a place that it should not know.');
    await v.shot('board-ask');
    await dialog.getByRole('button', { name: 'Ask Operations' }).click();
    await dialog.waitFor({ state: 'detached' });
    await slot('Reported thing 1').locator('.mark-out').first().waitFor();
    await v.scheme('light');
    await v.shot('board-light');
    await v.scheme('dark');
  });

  it('Operations see the request and not the case, and do it by keyboard alone', async () => {
    await signIn('otto', password, 'Inbox');
    expect((await v.page.request.get('/api/board')).status()).toBe(403);
    expect((await v.page.request.get('/api/cases')).status()).toBe(403);
    const item = v.page.locator('[data-request]');
    await item.waitFor();
    expect(await item.innerText()).toContain('Take desk1 off the network');
    expect(await item.innerText()).not.toContain('Reported thing');
    await v.shot('inbox-operations');
    await v.page.keyboard.press('j');
    await v.page.keyboard.press('y');
    await item.getByText('accepted', { exact: true }).waitFor();
    await v.page.keyboard.press('j');
    await v.page.keyboard.press('y');
    await v.page.keyboard.type('port 12 of the switch is down, ticket 4711');
    await v.page.keyboard.press('Control+Enter');
    await v.page.getByRole('region', { name: 'You did' }).getByText('done, being checked').waitFor();
    await v.page.setViewportSize({ width: 390, height: 780 });
    await v.shot('inbox-phone');
    await v.page.setViewportSize({ width: 1440, height: 900 });
  });

  it('done closes nothing: somebody else of Response looks and verifies, in the inbox', async () => {
    await signIn('anna', password, 'Board');
    await v.page.keyboard.press('g');
    await v.page.keyboard.press('i');
    const item = v.page.getByRole('region', { name: 'To validate' }).locator('[data-request]');
    await item.waitFor();
    expect(await item.innerText()).toContain('port 12 of the switch is down');
    await v.shot('inbox-response');
    const caseId = (await item.getByRole('link').getAttribute('href'))?.split('/').at(-1);
    const early = await v.page.request.post(`/api/cases/${caseId}/close`, {
      headers,
      data: { verdict: 'benignPositive', controlsFailed: [], discovery: 'internal.user', reason: 'x', effortMinutes: 1 },
    });
    expect([early.status(), ((await early.json()) as { code: string }).code]).toEqual([409, 'TRI577']);
    await v.page.keyboard.press('j');
    await v.page.keyboard.press('y');
    await v.page.keyboard.type('no packet from desk1 since');
    await v.page.keyboard.press('Control+Enter');
    await item.waitFor({ state: 'detached' });
    await v.page.getByText('Nothing waits for you').first().waitFor();
    await v.shot('inbox-empty');
    expect(v.faults).toEqual([]);
  });
  it('lanes are parted by class of service or by domain, by a key too, and the address keeps it', async () => {
    await signIn(demo.name, demo.password, 'Board');
    await v.open('lanes', '/board?lanes=domain', '.swim-head');
    const heads = async () =>
      (await v.page.locator('.lane-new .swim-head').allInnerTexts()).map((t) => t.replace(/\s*\d+$/, '').toLowerCase());
    const domains = await heads();
    expect(domains).toContain('network');
    expect(domains).toEqual([...domains].sort());
    await v.shot('board-by-domain');
    await v.page.locator('.page-head h1').click();
    await v.page.keyboard.press('s');
    await v.page.waitForURL((url) => !url.search.includes('lanes'));
    expect(await v.page.locator('.swim-head').count()).toBe(0);
    await v.page.keyboard.press('s');
    await v.page.waitForURL(/lanes=class/);
    await v.page.locator('.lane-new .swim-head', { hasText: /intangible/i }).waitFor();
    await v.scheme('light');
    await v.shot('board-by-class-light');
    await v.scheme('dark');
  });
});
