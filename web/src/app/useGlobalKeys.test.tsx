// @vitest-environment jsdom
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useGlobalKeys } from './useGlobalKeys';

const went = vi.fn();
vi.mock('@tanstack/react-router', () => ({ useNavigate: () => went }));

function Page() {
  useGlobalKeys({ openPalette: () => {}, openHelp: () => {} });
  return null;
}

/** A key at a moment of the page's own clock, which begins at 0 when the page is opened. */
function press(key: string, atMs: number) {
  const e = new KeyboardEvent('keydown', { key, cancelable: true });
  Object.defineProperty(e, 'timeStamp', { value: atMs });
  window.dispatchEvent(e);
  return e.defaultPrevented;
}

describe('g and a letter', () => {
  const root = createRoot(document.createElement('div'));
  beforeEach(() => act(() => root.render(<Page />)));
  afterEach(() => {
    act(() => root.render(null));
    went.mockClear();
  });

  it('goes to the room, within a second', () => {
    press('g', 5000);
    expect(press('p', 5600)).toBe(true);
    expect(went).toHaveBeenCalledWith({ to: '/playbooks' });
  });

  it('a letter alone stays the page’s own, also right after the page was opened', () => {
    expect(press('p', 300)).toBe(false);
    press('g', 5000);
    press('p', 5100);
    expect(press('p', 5200)).toBe(false);
    press('g', 9000);
    expect(press('p', 11000)).toBe(false);
    expect(went).toHaveBeenCalledTimes(1);
  });
});
