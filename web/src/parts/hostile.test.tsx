import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, describe, expect, it } from 'vitest';
import { Hostile } from './Hostile';
import { isHostile, markOf, pieces, plainText } from './hostile';

const marks = (text: string, lines = false) => pieces(text, lines).flatMap((p) => (p.mark ? [p.mark] : []));

describe('hostile text', () => {
  it('names what would be invisible', () => {
    expect(marks('a\0b\x1b[31m')).toEqual(['NUL', 'ESC']);
    expect(marks('invoice\u202efdp.exe')).toEqual(['RLO']);
    expect(marks('gh\u200bost\u2066x\u2069')).toEqual(['ZWSP', 'LRI', 'PDI']);
    expect(marks('\ufeff\u00ad\ufffd\u{e0041}\ue000')).toEqual(['BOM', 'SHY', 'BAD', 'U+E0041', 'U+E000']);
    expect(marks('\ud800')).toEqual(['U+D800']);
  });

  it('leaves letters of all scripts alone', () => {
    for (const text of ['Ärger straße', 'пароль', '漢字かな', 'العربية', '👩🏽 ok'.replace('\u200d', '')]) expect(marks(text)).toEqual([]);
  });

  it('keeps line ends and tabs where text has lines, and nowhere else', () => {
    expect(marks('a\tb\nc', true)).toEqual([]);
    expect(marks('a\tb\nc')).toEqual(['TAB', 'LF']);
    expect(isHostile('two\nlines')).toBe(false);
  });

  it('loses no character', () => {
    let text = '';
    for (let code = 0; code < 0x3000; code++) text += String.fromCodePoint(code);
    expect(
      pieces(text)
        .map((p) => p.text)
        .join(''),
    ).toBe(text);
    for (let code = 0; code < 0x20; code++) expect(markOf(code)).toBeDefined();
  });

  it('has a form for places that take only a string', () => expect(plainText('a\u202eb')).toBe('a‹RLO›b'));
});

describe('<Hostile>', () => {
  const box = document.createElement('div');
  const root = createRoot(box);
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  afterEach(() => act(() => root.render(null)));

  it('never makes markup of text', () => {
    act(() => root.render(<Hostile text={'<img src=x onerror=alert(1)>\u202e<script>alert(1)</script>'} />));
    expect(box.querySelector('img, script')).toBeNull();
    expect(box.textContent).toBe('<img src=x onerror=alert(1)>RLO<script>alert(1)</script>');
    expect(box.querySelector('bdi .ctrl')?.textContent).toBe('RLO');
  });
});
