/** Hours of the week, Monday 00:00 first. */
export const hours = 168;
const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const hourMs = 3_600_000;
const mondayMs = 4 * 86_400_000;

export const hourWords = (h: number) => `${days[Math.floor(h / 24)]} ${String(h % 24).padStart(2, '0')}:00`;

/** Milliseconds that a zone is ahead of UTC at a time. */
export function offsetOf(zone: string, ms: number): number {
  try {
    const parts = Object.fromEntries(
      new Intl.DateTimeFormat('en-GB', {
        timeZone: zone,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      })
        .formatToParts(ms)
        .map((p) => [p.type, Number(p.value)]),
    );
    const local = Date.UTC(
      parts.year ?? 1970,
      (parts.month ?? 1) - 1,
      parts.day ?? 1,
      parts.hour ?? 0,
      parts.minute ?? 0,
      parts.second ?? 0,
    );
    return local - Math.floor(ms / 1000) * 1000;
  } catch {
    return 0;
  }
}

/** Hour of the week of a time, in a zone. */
export function hourOf(ms: number, zone: string): number {
  const local = ms + offsetOf(zone, ms) - mondayMs;
  const week = hours * hourMs;
  return Math.floor((((local % week) + week) % week) / hourMs);
}

/**
 * Minutes without a word after which silence is told, if the pause begins at the top of an hour of work: as long as it takes until so many
 * arrivals were due. Null where that is not within a week. The program itself also knows rests and beginnings; it tells the time for now.
 */
export function pauseMinutes(perHour: readonly number[], limit: number | null | undefined, from: number): number | null {
  if (limit === undefined || limit === null) return null;
  let due = 0;
  for (let step = 0; step < hours; step++) {
    const rate = perHour[(from + step) % hours] ?? 0;
    if (due + rate >= limit) return Math.round(step * 60 + (60 * (limit - due)) / rate);
    due += rate;
  }
  return null;
}

/** How a source is judged in its first fortnight, when the rates of its hours are not known yet. */
export const youngWords = (young: { minutes?: number | null; byHour: boolean }) =>
  young.minutes === null || young.minutes === undefined
    ? 'silence is not told yet: too little is known'
    : `silence is told after a pause of about ${spanWords(Math.round(young.minutes))}${young.byHour ? ', counted in hours of the day in which it speaks' : ''}`;

export const spanWords = (minutes: number) =>
  minutes < 90
    ? `${minutes} min`
    : minutes < 48 * 60
      ? `${(minutes / 60).toFixed(minutes < 600 ? 1 : 0)} h`
      : `${(minutes / 1440).toFixed(1)} days`;

export interface Week {
  startMs: number;
  /** Arrivals in each hour; null where the hour is not over, or was before the first record. */
  perHour: (number | null)[];
}

/** Arrivals by hour (UTC milliseconds to count) as weeks of the source's own time, newest first. */
export function weeksOf(counts: ReadonlyMap<number, number>, zone: string, nowMs: number, firstMs: number, most: number): Week[] {
  const topOfHour = Math.floor(nowMs / hourMs) * hourMs;
  const monday = topOfHour - hourOf(topOfHour, zone) * hourMs;
  const weeks: Week[] = [];
  for (let w = 0; w < most; w++) {
    const startMs = monday - w * hours * hourMs;
    if (startMs + hours * hourMs <= firstMs) break;
    weeks.push({
      startMs,
      perHour: Array.from({ length: hours }, (_, h) => {
        const at = startMs + h * hourMs;
        return at >= topOfHour || at + hourMs <= firstMs ? null : (counts.get(at) ?? 0);
      }),
    });
  }
  return weeks;
}
