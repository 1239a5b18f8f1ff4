/** What Chromium, Firefox, Safari and the bundler say when a script or style of the console did not arrive. */
export const isLostPart = (error: unknown): boolean =>
  error instanceof Error && /preload CSS|dynamically imported module|importing a module script|module script failed/i.test(error.message);

const key = 'andon.reloaded';
const restMs = 30_000;

/** Not twice in half a minute: a part that is not there at all must not make the page flicker for ever. */
export function mayReload(kept: Pick<Storage, 'getItem' | 'setItem'>, nowMs: number): boolean {
  if (nowMs - Number(kept.getItem(key) ?? 0) < restMs) return false;
  kept.setItem(key, String(nowMs));
  return true;
}
