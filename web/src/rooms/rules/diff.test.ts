import { describe, expect, it } from 'vitest';
import { diffLines, inkLine } from './diff';

const print = (before: string, after: string) =>
  diffLines(before, after).map((l) => `${{ same: ' ', gone: '-', new: '+' }[l.kind]}${l.text}`);

describe('the difference of two texts', () => {
  it('keeps what is the same, in order', () => {
    expect(print('a\nb\nc', 'a\nx\nc\nd')).toEqual([' a', '-b', '+x', ' c', '+d']);
    expect(print('a', 'a')).toEqual([' a']);
  });

  it('gives both texts back, whatever they are', () => {
    const texts = ['', 'a', 'a\na\nb', 'b\na', 'x\n\ny\na\nb', 'a\nb\na\nb\n'];
    for (const one of texts)
      for (const two of texts) {
        const lines = diffLines(one, two);
        const of = (skip: string) => lines.filter((l) => l.kind !== skip).map((l) => l.text);
        expect(of('new').join('\n')).toBe(one);
        expect(of('gone').join('\n')).toBe(two);
      }
  });

  it('beyond its limit shows one after the other', () => {
    expect(diffLines('a\nb', 'a\nc', 3).map((l) => l.kind)).toEqual(['gone', 'gone', 'new', 'new']);
  });
});

describe('the colours of YAML', () => {
  it('lose no character', () => {
    for (const line of [
      'title: A rule # why',
      "    - 'x: y' # z",
      '- Image|endswith: \\whoami.exe',
      '# all',
      '---',
      '',
      '  a: "b # c"',
      'n: 12',
      'level: high',
      '\t{a: b}',
    ])
      expect(
        inkLine(line)
          .map((p) => p.text)
          .join(''),
      ).toBe(line);
  });

  it('tell keys, texts, numbers and comments apart', () => {
    expect(inkLine('  Image|endswith: \\x.exe # why').map((p) => p.ink)).toEqual(['mark', 'key', 'plain', 'comment']);
    expect(inkLine("- 'a: b'").map((p) => p.ink)).toEqual(['mark', 'text']);
    expect(inkLine('count: 12').map((p) => p.ink)).toEqual(['key', 'number']);
    expect(inkLine('  a: "b # c"').map((p) => p.ink)).toEqual(['mark', 'key', 'text']);
  });
});
