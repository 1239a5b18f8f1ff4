import { signed } from '@/parts/words';

/** A change in words, and which way it goes. From nothing there is no percentage. */
export function changeOf(now: number, then: number): { words: string; way: 'more' | 'less' | 'same' } {
  if (now === then) return { words: '= unchanged', way: 'same' };
  const way = now > then ? 'more' : 'less';
  const arrow = way === 'more' ? '↑' : '↓';
  if (then === 0) return { words: `${arrow} new`, way };
  const percent = ((now - then) / Math.abs(then)) * 100;
  return { words: `${arrow} ${signed(percent, Math.abs(percent) < 10 ? 1 : 0)} %`, way };
}
