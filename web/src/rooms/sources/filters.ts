import type { Source } from '@/wire/types';
import { healthOf } from './health';

export interface Filters {
  q?: string;
  health?: string;
  group?: string;
  tag?: string;
  dataset?: string;
  owner?: string;
  unit?: string;
  /** Something that a source has or lacks, as numbers elsewhere point to it. */
  has?: string;
}

export const nobody = '(nobody)';
const day = 86_400_000;

export const haves: Record<string, { word: string; test: (s: Source, now: number) => boolean }> = {
  naming: { word: 'name to mend', test: (s) => !!s.naming },
  unconfirmed: { word: 'not confirmed', test: (s) => !s.card?.confirmed },
  contract: { word: 'with a contract', test: (s) => s.hasContract === true },
  unread: { word: 'with unread records', test: (s) => s.parseFailures > 0 },
  lost: { word: 'with lost events', test: (s) => (s.lostEvents ?? 0) > 0 },
  filtered: { word: 'filtered by the sender', test: (s) => !!s.card?.filtered },
  young: { word: 'younger than two weeks', test: (s, now) => now - s.firstMs < 14 * day },
};

/** The sources that all filters let through. */
export function narrow(all: readonly Source[], f: Filters, now: number): Source[] {
  const words = (f.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((s) => {
    const health = healthOf(s);
    if (
      f.health === 'ailing'
        ? health.rank > 2
        : f.health === 'maintenance'
          ? !s.maintained
          : f.health === 'well'
            ? health.rank < 4
            : f.health && !s.ailments?.some((a) => a === f.health)
    )
      return false;
    if (f.group && !s.groups?.includes(f.group)) return false;
    if (f.tag && !s.card?.tags.includes(f.tag)) return false;
    if (f.dataset && s.dataset !== f.dataset) return false;
    if (f.owner && (f.owner === nobody ? s.owner !== '' : s.owner !== f.owner)) return false;
    if (f.unit && (f.unit === '(none)' ? s.unit !== '' : s.unit !== f.unit)) return false;
    if (f.has && haves[f.has] && !haves[f.has]?.test(s, now)) return false;
    if (words.length === 0) return true;
    const text = `${s.name} ${s.sourceId} ${s.owner} ${s.unit} ${s.card?.tags.join(' ') ?? ''} ${s.relay ?? ''}`.toLowerCase();
    return words.every((w) => text.includes(w));
  });
}

/** What may be chosen, with how many sources each holds; most first. */
export function choices(all: readonly Source[], of: (s: Source) => readonly string[]): { value: string; label: string }[] {
  const counts = new Map<string, number>();
  for (const s of all) for (const v of of(s)) if (v) counts.set(v, (counts.get(v) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([value, n]) => ({ value, label: `${value} (${n})` }));
}
