import { describe, expect, it } from 'vitest';
import type { ParserStep } from '@/wire/types';
import { isLoud, originsOf } from './origins';

const step = (part: string, line: number, names: string[], more: Partial<ParserStep> = {}): ParserStep => ({
  parser: 'squid',
  part,
  file: '',
  line,
  outcome: names.length > 0 ? 'gave' : 'read',
  pattern: null,
  patternLine: 0,
  fields: names.map((name) => ({ name, file: '', line })),
  from: [],
  ...more,
});
const steps = [
  step('record', 0, ['host.name']),
  step('andon', 0, ['related.ip'], { fields: [{ name: 'event.dataset', file: '', line: 2 }] }),
  step('extract', 5, [], { pattern: '%{_a}', patternLine: 6 }),
  step('map', 13, ['user.name'], { from: [2] }),
  step('map', 3, ['user.id'], { file: 'cef.part.yml', fields: [{ name: 'user.id', file: 'cef.part.yml', line: 3 }], from: [2] }),
  step('set', 15, [], { outcome: 'condition' }),
];
const lines = (field: string) =>
  originsOf(steps)
    .get(field)
    ?.map((o) => `${o.file}${o.part}:${o.line}`);

describe('where a field comes from', () => {
  it('is the form that cut its piece and the line that mapped it', () => expect(lines('user.name')).toEqual(['extract:6', 'map:13']));
  it('may be another file', () => expect(lines('user.id')).toEqual(['extract:6', 'cef.part.ymlmap:3']));
  it('is the head of the text', () => expect(lines('event.dataset')).toEqual(['head:2']));
  it('is no line for what the envelope gave, and nothing for what nobody gave', () => {
    expect(lines('host.name')).toEqual([]);
    expect(lines('related.user')).toBeUndefined();
  });
  it('a step whose condition fails is quiet', () => expect(steps.filter(isLoud).map((s) => s.line)).toEqual([0, 0, 5, 13, 3]));
});
