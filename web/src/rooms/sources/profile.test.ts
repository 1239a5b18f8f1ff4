import { describe, expect, it } from 'vitest';
import { hourOf, hours, hourWords, pauseMinutes, spanWords, weeksOf, youngWords } from './profile';

const hour = 3_600_000;
const monday = Date.UTC(2026, 2, 2); // a Monday

describe('hours of the week', () => {
  it('begin on Monday, in the source’s own zone', () => {
    expect(hourOf(monday, 'UTC')).toBe(0);
    expect(hourOf(monday - hour, 'UTC')).toBe(167);
    expect(hourOf(monday, 'Europe/Berlin')).toBe(1);
    expect(hourOf(monday, 'America/New_York')).toBe(163);
    expect(hourOf(monday, 'Mars/Base')).toBe(0);
    expect(hourWords(167)).toBe('Sun 23:00');
  });
});

describe('how long a pause may be', () => {
  it('is longer where less is due', () => {
    const perHour = Array.from({ length: hours }, (_, h) => (h < 10 ? 60 : 6));
    expect(pauseMinutes(perHour, 6, 0)).toBe(6);
    expect(pauseMinutes(perHour, 6, 20)).toBe(60);
    expect(pauseMinutes(perHour, 66, 9)).toBe(120);
  });
  it('is not known for who never speaks, or without a limit', () => {
    expect(pauseMinutes(Array(hours).fill(0), 6, 0)).toBeNull();
    expect(pauseMinutes(Array(hours).fill(60), undefined, 0)).toBeNull();
  });
  it('is told in words', () => expect([spanWords(7), spanWords(120), spanWords(4320)]).toEqual(['7 min', '2.0 h', '3.0 days']));
});

describe('weeks', () => {
  it('leave out hours that are not over and those before the first record', () => {
    const now = monday + 2.5 * hour;
    const weeks = weeksOf(new Map([[monday + hour, 9]]), 'UTC', now, monday - hour, 4);
    expect(weeks.map((w) => w.startMs)).toEqual([monday, monday - 168 * hour]);
    expect(weeks[0]?.perHour.slice(0, 4)).toEqual([0, 9, null, null]);
    expect(weeks[1]?.perHour.filter((v) => v !== null)).toEqual([0]);
  });
});

describe('the first fortnight', () => {
  it('says the pause, how it is counted, and when nothing is known', () => {
    expect(youngWords({ minutes: 69.6, byHour: false })).toBe('silence is told after a pause of about 70 min');
    expect(youngWords({ minutes: 300, byHour: true })).toContain('in hours of the day in which it speaks');
    expect(youngWords({ minutes: null, byHour: true })).toContain('not told yet');
  });
});
