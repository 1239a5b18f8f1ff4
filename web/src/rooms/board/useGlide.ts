import { type RefObject, useLayoutEffect, useRef } from 'react';

/** When the order changes, cards glide from where they were, so that the eye can follow a climb. */
export function useGlide(list: RefObject<HTMLElement | null>, order: string, still: boolean) {
  const tops = useRef(new Map<string, number>());
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured when the order changes, not at each render.
  useLayoutEffect(() => {
    const box = list.current;
    if (!box) return;
    const before = tops.current;
    const now = new Map<string, number>();
    for (const item of box.querySelectorAll<HTMLElement>('[data-case]')) now.set(item.dataset.case ?? '', item.offsetTop);
    tops.current = now;
    if (still || before.size === 0 || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const view = { from: box.scrollTop - 400, to: box.scrollTop + box.clientHeight + 400 };
    for (const item of box.querySelectorAll<HTMLElement>('[data-case]')) {
      const id = item.dataset.case ?? '';
      const top = now.get(id) ?? 0;
      const was = before.get(id);
      if (top < view.from || top > view.to) continue;
      if (was === undefined)
        item.animate(
          [
            { opacity: 0, transform: 'translateY(-6px)' },
            { opacity: 1, transform: 'none' },
          ],
          { duration: 220, easing: 'ease-out' },
        );
      else if (was !== top)
        item.animate([{ transform: `translateY(${Math.max(-600, Math.min(600, was - top))}px)` }, { transform: 'none' }], {
          duration: 320,
          easing: 'cubic-bezier(.2,.7,.2,1)',
        });
    }
  }, [order]);
}
