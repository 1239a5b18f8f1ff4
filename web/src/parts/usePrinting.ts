import { useSyncExternalStore } from 'react';
import { flushSync } from 'react-dom';

let printing = false;
const listeners = new Set<() => void>();

// Paper is white: letters made for the dark would hardly be seen on it.
const scheme = 'data-mantine-color-scheme';
let before: string | null = null;
function paper(on: boolean) {
  const root = document.documentElement;
  if (on) before = root.getAttribute(scheme);
  root.setAttribute(scheme, on ? 'light' : (before ?? 'light'));
}

function set(next: boolean) {
  if (printing === next) return;
  printing = next;
  paper(next);
  // The browser lays the paper out as soon as it has told us.
  flushSync(() => {
    for (const tell of listeners) tell();
  });
}

if (typeof window !== 'undefined') {
  window.addEventListener('beforeprint', () => set(true));
  window.addEventListener('afterprint', () => set(false));
  window.matchMedia?.('print').addEventListener?.('change', (e) => set(e.matches));
}

const listen = (tell: () => void) => {
  listeners.add(tell);
  return () => listeners.delete(tell);
};

/** The page is being put on paper: what shows a part of something has to show it all, or say what it leaves out. */
export const usePrinting = () => useSyncExternalStore(listen, () => printing);
