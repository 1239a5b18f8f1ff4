import type { Mode } from '@/parts/searchLink';

export interface Past {
  mode: Mode;
  text: string;
  atMs: number;
}

const key = 'andon-searches';
const max = 40;

export function readHistory(): Past[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(kept)
      ? kept.filter((p): p is Past => typeof p?.text === 'string' && (p.mode === 'kql' || p.mode === 'box')).slice(0, max)
      : [];
  } catch {
    return [];
  }
}

export function remember(mode: Mode, text: string): void {
  if (!text.trim()) return;
  try {
    const rest = readHistory().filter((p) => p.text !== text || p.mode !== mode);
    localStorage.setItem(key, JSON.stringify([{ mode, text, atMs: Date.now() }, ...rest].slice(0, max)));
  } catch {
    // Without storage there is no history; searching goes on.
  }
}
