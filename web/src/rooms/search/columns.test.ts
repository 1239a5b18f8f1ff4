import { describe, expect, it } from 'vitest';
import type { SearchAnswer } from '@/wire/types';
import { allColumns, isEmpty, shownColumns } from './columns';

const names = ['@timestamp', 'event.original', 'host.name', ...Array.from({ length: 20 }, (_, i) => `field.${i}`), 'bag'];
const event = (bag: Record<string, string> | null) => names.map((n) => (n === 'bag' ? bag : `${n} of it`));
const answer = (rows: unknown[][]) =>
  ({ columns: names.map((name) => ({ name, type: name === 'bag' ? 'dynamic' : 'string' })), rows }) as SearchAnswer;

describe('the columns of an answer', () => {
  it('are those it has, and the fields that its rows hold beside them, each once', () => {
    const all = allColumns(answer([event({ 'b.two': '2', 'host.name': 'x' }), event({ 'a.one': '1' }), event(null)]));
    expect(all.map((c) => c.name)).toEqual([...names.slice(0, -1), 'a.one', 'b.two']);
    expect(all.at(-1)?.of(event({ 'b.two': '2' }) as never)).toBe('2');
    expect(all.at(-1)?.of(event(null) as never)).toBe(null);
  });

  it('of an event are a few at first, and those chosen after, in their order; a choice of nothing is none', () => {
    const all = allColumns(answer([event({ 'a.one': '1' })]));
    expect(shownColumns(all, null).map((c) => c.name)).toEqual(['@timestamp', 'host.name', 'event.original']);
    expect(shownColumns(all, ['a.one', 'host.name', 'gone']).map((c) => c.name)).toEqual(['a.one', 'host.name']);
    expect(shownColumns(all, ['gone']).map((c) => c.name)).toEqual(['@timestamp', 'host.name', 'event.original']);
  });

  it('of a table of counts are all', () => {
    const few = allColumns({ columns: [{ name: 'n', type: 'long' }], rows: [[1]] } as unknown as SearchAnswer);
    expect(shownColumns(few, null).map((c) => c.name)).toEqual(['n']);
  });

  it('know what is empty', () => {
    expect([null, '', []].map((c) => isEmpty(c as never))).toEqual([true, true, true]);
    expect([0, false, ['a'], 'x'].map((c) => isEmpty(c as never))).toEqual([false, false, false, false]);
  });
});
