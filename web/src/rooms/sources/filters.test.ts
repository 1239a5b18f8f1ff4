import { describe, expect, it } from 'vitest';
import type { Source } from '@/wire/types';
import { choices } from './filters';
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
  it('are offered with how many sources they hold', () => {
    expect(choices([{ value: 'system.auth', sources: 2 }])).toEqual([{ value: 'system.auth', label: 'system.auth (2)' }]);
    expect(choices(undefined)).toEqual([]);
  });
});
