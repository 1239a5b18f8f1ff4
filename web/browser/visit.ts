// A person at a browser: a real Chromium, everything that goes wrong in a page written down.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { afterEach } from 'vitest';
import { chromiumPath } from './program';

export interface Visit {
  page: Page;
  /** Page errors, console errors, breaches of the content security policy, answers of 5xx. */
  faults: string[];
  /** First useful sight of each screen, in milliseconds. */
  times: Map<string, number>;
  /** From the address being asked for until the sign of its content stands. */
  open: (screen: string, address: string, sign: string) => Promise<void>;
  shot: (name: string) => Promise<void>;
  scheme: (which: 'dark' | 'light') => Promise<void>;
  end: () => Promise<void>;
}

const shots = process.env.ANDON_SHOTS;

let last: { page: Page; faults: string[] } | undefined;

// What a person would have seen when a step failed: on another machine the log is all there is.
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail' || !last || last.page.isClosed()) return;
  const seen = await last.page.locator('body').innerText();
  console.log(`${task.name} failed at ${last.page.url()}; faults: ${last.faults.join('; ') || 'none'}\n${seen.slice(0, 3000)}`);
});

export async function visit(base: string): Promise<Visit> {
  const profile = mkdtempSync(join(tmpdir(), 'andon-browser-'));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath,
    headless: true,
    baseURL: base,
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const page = browser.pages()[0] ?? (await browser.newPage());
  page.setDefaultTimeout(30_000);
  const faults: string[] = [];
  const times = new Map<string, number>();
  last = { page, faults };
  page.on('pageerror', (e) => faults.push(`page error: ${e.message}`));
  page.on('dialog', (d) => {
    faults.push(`a dialog opened: ${d.message()}`);
    void d.dismiss();
  });
  page.on('console', (m) => {
    // Chromium notes each refusal as an error: not signed in yet (401), a full lane (409) are answers, and the pages say them.
    if (m.type() === 'error' && !/status of (401|409)/.test(m.text())) faults.push(`console: ${m.text()} (${m.location().url})`);
  });
  page.on('response', (r) => {
    if (r.status() >= 500) faults.push(`${r.status()} ${r.request().method()} ${r.url()}`);
  });
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { brokenPolicies: seen });
    document.addEventListener('securitypolicyviolation', (e) => {
      seen.push(`${e.violatedDirective} ${e.blockedURI}`);
      console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`);
    });
  });
  return {
    page,
    faults,
    times,
    open: async (screen, address, sign) => {
      const begin = performance.now();
      await page.goto(address, { waitUntil: 'commit' });
      await page.locator(sign).first().waitFor();
      times.set(screen, Math.round(performance.now() - begin));
    },
    shot: async (name) => {
      if (!shots) return;
      mkdirSync(shots, { recursive: true });
      await page.waitForTimeout(600);
      await page.screenshot({ path: join(shots, `${name}.png`) });
    },
    scheme: async (which) => {
      const now = await page.locator('html').getAttribute('data-mantine-color-scheme');
      if (now !== which) await page.getByRole('button', { name: 'Switch theme' }).click();
    },
    end: async () => {
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
