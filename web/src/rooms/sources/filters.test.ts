import { describe, expect, it } from 'vitest';
import type { Source } from '@/wire/types';
import { choices, narrow, nobody } from './filters';
import { healthOf } from './health';

const source = (part: Partial<Source>): Source => ({
  sourceId: 'syslog-udp:web01:system.auth',
  name: 'web',
  owner: '',
  unit: '',
  listener: 'syslog-udp',
  host: 'web01',
  dataset: 'system.auth',
  firstMs: 0,
  lastMs: 0,
  events: 100,
  bytes: 1,
  parseFailures: 0,
  perMinute: [],
  findings: [],
  ...part,
});

describe('health of a source', () => {
  it('names the worst ailment and counts the others', () => {
    const h = healthOf(source({ ailments: ['late', 'silent'] }));
    expect([h.word, h.shape]).toEqual(['silent +1', 'bad']);
  });
  it('waits while people work on it, and says what stands', () => {
    const h = healthOf(source({ maintained: true, ailments: ['silent'] }));
    expect(h.word).toBe('maintenance');
    expect(h.why).toContain('silent');
  });
  it('tells unread records from mere findings', () => {
    expect(healthOf(source({ parseFailures: 6 })).word).toBe('not understood');
    expect(healthOf(source({ parseFailures: 5, findings: [{ code: 'INT141', count: 5 }] })).word).toBe('findings');
    expect(healthOf(source({})).word).toBe('well');
  });
});

describe('filters', () => {
  const list = [
    source({ sourceId: 'a', owner: 'ops', ailments: ['silent'], groups: ['web'] }),
    source({ sourceId: 'b', dataset: 'squid.access', lostEvents: 3, naming: 'INT060' }),
    source({ sourceId: 'c', maintained: true, unit: 'Shop' }),
  ];
  const ids = (f: Parameters<typeof narrow>[1]) =>
    narrow(list, f, 0)
      .map((s) => s.sourceId)
      .join('');
  it('let through what fits all of them', () => {
    expect(ids({})).toBe('abc');
    expect(ids({ health: 'silent' })).toBe('a');
    expect(ids({ health: 'ailing' })).toBe('a');
    expect(ids({ health: 'well' })).toBe('b');
    expect(ids({ health: 'maintenance' })).toBe('c');
    expect(ids({ group: 'web', owner: 'ops' })).toBe('a');
    expect(ids({ owner: nobody })).toBe('bc');
    expect(ids({ unit: '(none)', has: 'lost' })).toBe('b');
    expect(ids({ q: 'shop web' })).toBe('c');
  });
  it('are offered with how many they hold', () => {
    expect(choices(list, (s) => [s.dataset])).toEqual([
      { value: 'system.auth', label: 'system.auth (2)' },
      { value: 'squid.access', label: 'squid.access (1)' },
    ]);
  });
});
