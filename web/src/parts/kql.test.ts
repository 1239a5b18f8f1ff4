import { describe, expect, it } from 'vitest';
import { aboutEntity, addFilter, kindOf, kqlColumn, kqlText, kqlValue, newestFirst } from './kql';

describe('KQL from clicks', () => {
  it('quotes values so that they stay values', () => {
    expect(kqlText('a"b\\c')).toBe('"a\\"b\\\\c"');
    expect(kqlText('x"\n| take 1')).toBe('"x\\"\\n| take 1"');
    expect(kqlText('\u202e\0')).toBe('"\\u202e\\u0000"');
  });

  it('puts the newest first where a query leaves the order open, and nowhere else', () => {
    expect(newestFirst('Events')).toBe('Events\n| sort by timestamp desc');
    expect(newestFirst('Events\n| where a == 1 | where b == 2\n')).toBe('Events\n| where a == 1 | where b == 2\n| sort by timestamp desc');
    for (const kql of [
      'Events | take 5',
      'Events | where a == 1 | sort by b asc',
      'Events | project a',
      'let x = 1; Events',
      'Events | where a == "b|c"',
    ])
      expect(newestFirst(kql)).toBe(kql);
  });

  it('names columns', () => {
    expect(kqlColumn('source.ip')).toBe('source.ip');
    expect(kqlColumn('odd name"')).toBe('["odd name\\""]');
  });

  it('writes values by type', () => {
    expect(kqlValue(22, 'long')).toBe('22');
    expect(kqlValue('22', 'string')).toBe('"22"');
    expect(kqlValue(0, 'datetime')).toBe('datetime(1970-01-01T00:00:00.000Z)');
  });

  it('filters all rows, not only those a limit left', () => {
    expect(addFilter('Events\n| where a == "1"\n| sort by timestamp\n| take 10', 'user.name', 'root')).toBe(
      'Events\n| where a == "1"\n| where user.name == "root"\n| sort by timestamp\n| take 10',
    );
    expect(addFilter('Events', 'user.name', '', 'string', true)).toBe('Events\n| where isnotempty(user.name)');
    expect(addFilter('Events\n| summarize count() by host.name', 'host.name', 'web01', 'string', true)).toBe(
      'Events\n| summarize count() by host.name\n| where host.name != "web01"',
    );
  });

  it('asks the search that comes with the program for all about a thing, the value as a value', () => {
    expect(aboutEntity('user', 'an"na')).toEqual({ s: 'about-user', p: '[["who","string","an\\"na"]]', last: '24h' });
    expect(aboutEntity('session', '0x3e8')).toEqual({ q: 'Events\n| where * has "0x3e8"', last: '24h' });
  });

  it.each([
    ['source.ip', 'ip'],
    ['user.target.name', 'user'],
    ['host.name', 'host'],
    ['file.hash.sha256', 'hash'],
    ['dns.question.name', 'domain'],
    ['process.parent.name', 'process'],
    ['message', undefined],
    ['event.dataset', undefined],
  ])('%s names a %s', (field, kind) => expect(kindOf(field)).toBe(kind));
});
