import { describe, expect, it } from 'vitest';
import { csvCell, toCsv, toJsonLines } from './csv';

describe('CSV', () => {
  it.each(['=cmd|calc!A1', '+1+1', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '  =1', '\u200b=1', '\uff1d1', '|calc', '%0a'])(
    'takes the edge off a formula: %j',
    (text) => {
      const bare = csvCell(text).replace(/^"/, '');
      expect(bare.startsWith("'")).toBe(true);
    },
  );

  it('leaves plain text and numbers as they are', () => {
    expect(csvCell('web01')).toBe('web01');
    expect(csvCell(-42, 'long')).toBe('-42');
    expect(csvCell('-42', 'string')).toBe("'-42");
    expect(csvCell(null)).toBe('');
    expect(csvCell(true, 'bool')).toBe('true');
  });

  it('quotes by RFC 4180', () => {
    expect(csvCell('a,b')).toBe('"a,b"');
    expect(csvCell('say "hi"')).toBe('"say ""hi"""');
    expect(csvCell('two\nlines')).toBe('"two\nlines"');
    expect(csvCell('nul\0byte')).toBe('nul\u2400byte');
  });

  it('also guards the head line, and keeps rows apart', () => {
    const text = toCsv(
      [
        { name: '=evil', type: 'string' },
        { name: 'n', type: 'long' },
      ],
      [
        ['a\r\nb', 1],
        ['=1', -2],
      ],
    );
    expect(text).toBe('\'=evil,n\r\n"a\r\nb",1\r\n\'=1,-2\r\n');
  });

  it('writes JSON lines that read back as they were', () => {
    const rows = [
      ['<img onerror>', null],
      ['\u202e', 3],
    ];
    const text = toJsonLines(
      [
        { name: 'a', type: 'string' },
        { name: 'b', type: 'long' },
      ],
      rows,
    );
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((l) => Object.values(JSON.parse(l))),
    ).toEqual(rows);
  });
});
