import { describe, expect, it } from 'vitest';
import { fromParams, readParams, resolve, type SearchState, toParams } from './searchLink';

const texts = ['', 'Events\n| where user.name == "a&b=c#d"', '失敗 ü %20 + "quoted"', '<script>', '\u202e', '42', 'true', '{"a":1}'];
const ranges: SearchState['range'][] = [{ last: '15m' }, { last: '30d' }, { fromMs: 1_795_300_000_000, toMs: 1_795_300_000_123 }];

describe('a shared link', () => {
  it('brings back the same search, through a real address', () => {
    for (const mode of ['kql', 'box'] as const)
      for (const text of texts)
        for (const range of ranges) {
          const address = new URLSearchParams(toParams({ mode, text, range }) as Record<string, string>).toString();
          const back = fromParams(readParams(Object.fromEntries(new URLSearchParams(address))));
          expect(back).toEqual({ mode, text, range });
        }
  });

  it('falls back to the last day when the time cannot be read', () => {
    expect(fromParams({ q: 'Events', from: 'soon', to: 'later' }).range).toEqual({ last: '24h' });
    expect(fromParams({ q: 'Events', from: '2026-11-22T10:00:00Z', to: '2026-11-22T09:00:00Z' }).range).toEqual({ last: '24h' });
    expect(fromParams({ q: 'Events', last: '99y' }).range).toEqual({ last: '24h' });
  });

  it('takes text and numbers only', () => expect(readParams({ q: 42, last: {}, from: ['x'], other: 'y' })).toEqual({ q: '42' }));

  it('fixes a relative range at the moment of asking', () =>
    expect(resolve({ last: '1h' }, 10_000_000)).toEqual({ fromMs: 6_400_000, toMs: 10_000_000 }));

  it('carries values with their types, also through a reader that knows JSON', () => {
    const values = [
      { name: 'who', type: 'string', value: 'a"b&c' },
      { name: 'least', type: 'long', value: '5' },
    ];
    const params = toParams({ mode: 'kql', text: 'Events', range: { last: '24h' }, values, saved: 's1' });
    expect(fromParams(readParams({ ...params }))).toEqual({ mode: 'kql', text: 'Events', range: { last: '24h' }, values, saved: 's1' });
    expect(fromParams(readParams({ ...params, p: JSON.parse(params.p ?? '') })).values).toEqual(values);
    expect(fromParams(readParams({ q: 'Events', p: '{"a":1}' })).values).toBeUndefined();
  });
});
