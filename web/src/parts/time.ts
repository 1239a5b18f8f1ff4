// Times are Unix milliseconds on the wire. People read UTC first, their own zone on demand, and the zone is always named.

const pad = (n: number, w = 2) => String(n).padStart(w, '0');

/** 2026-11-22 04:31:07 UTC */
export function utc(ms: number, seconds = true): string {
  const d = new Date(ms);
  if (Number.isNaN(d.getTime())) return 'no time';
  const date = `${d.getUTCFullYear()}-${pad(d.getUTCMonth() + 1)}-${pad(d.getUTCDate())}`;
  return `${date} ${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}${seconds ? `:${pad(d.getUTCSeconds())}` : ''} UTC`;
}

/** 04:31:07.120 */
export function utcClock(ms: number, millis = false): string {
  const d = new Date(ms);
  if (Number.isNaN(d.getTime())) return 'no time';
  return `${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}:${pad(d.getUTCSeconds())}${millis ? `.${pad(d.getUTCMilliseconds(), 3)}` : ''}`;
}

export const utcDay = (ms: number) => utc(ms).slice(0, 10);

/** The same instant on the reader's own clock, zone named. */
export function local(ms: number): string {
  const d = new Date(ms);
  if (Number.isNaN(d.getTime())) return 'no time';
  return (
    new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' }).format(d) +
    ` ${Intl.DateTimeFormat().resolvedOptions().timeZone}`
  );
}

/** How long, in the two largest units: 2 d 4 h, 13 min, 8 s. */
export function span(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s} s`;
  const m = Math.floor(s / 60);
  if (m < 60) return `${m} min`;
  const h = Math.floor(m / 60);
  if (h < 24) return m % 60 === 0 ? `${h} h` : `${h} h ${m % 60} min`;
  const d = Math.floor(h / 24);
  return h % 24 === 0 || d > 9 ? `${d} d` : `${d} d ${h % 24} h`;
}

/** The largest unit only; the exact time stands in the tooltip. */
export function ago(ms: number, nowMs: number): string {
  const past = nowMs - ms;
  if (past < 1500) return past < -60_000 ? `in ${span(-past)}` : 'now';
  return `${span(past).replace(/^(\d+ (?:h|d)) .*/, '$1')} ago`;
}
