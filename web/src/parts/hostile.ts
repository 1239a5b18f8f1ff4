// Log text is written by whoever attacks us. It is shown as text, and what would be invisible is made visible.

export interface Piece {
  text: string;
  /** Name of the character when it is one that hides or steers text. */
  mark?: string;
}

const names: Record<number, string> = {
  0: 'NUL',
  7: 'BEL',
  8: 'BS',
  9: 'TAB',
  10: 'LF',
  11: 'VT',
  12: 'FF',
  13: 'CR',
  27: 'ESC',
  127: 'DEL',
  133: 'NEL',
  155: 'CSI',
  160: 'NBSP',
  173: 'SHY',
  1564: 'ALM',
  6158: 'MVS',
  8203: 'ZWSP',
  8204: 'ZWNJ',
  8205: 'ZWJ',
  8206: 'LRM',
  8207: 'RLM',
  8232: 'LS',
  8233: 'PS',
  8234: 'LRE',
  8235: 'RLE',
  8236: 'PDF',
  8237: 'LRO',
  8238: 'RLO',
  8288: 'WJ',
  8294: 'LRI',
  8295: 'RLI',
  8296: 'FSI',
  8297: 'PDI',
  65279: 'BOM',
  65533: 'BAD',
};

/** Controls, direction marks, zero-width characters, the replacement character, private use and lone surrogates. */
export function markOf(code: number): string | undefined {
  const name = names[code];
  if (name) return name;
  const hidden =
    code < 0x20 ||
    (code >= 0x7f && code <= 0x9f) ||
    (code >= 0x206a && code <= 0x206f) ||
    (code >= 0xfff9 && code <= 0xfffb) ||
    (code >= 0xd800 && code <= 0xdfff) ||
    (code >= 0xe000 && code <= 0xf8ff) ||
    (code >= 0xe0000 && code <= 0xe007f);
  return hidden ? `U+${code.toString(16).toUpperCase().padStart(4, '0')}` : undefined;
}

/** Splits text into what can be read and what must be named. Tabs and line ends are kept as they are when `lines` is set. */
export function pieces(text: string, lines = false): Piece[] {
  const out: Piece[] = [];
  let plain = '';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const keep = lines && (code === 0x0a || code === 0x09);
    const mark = keep ? undefined : markOf(code);
    if (mark === undefined) plain += char;
    else {
      if (plain) out.push({ text: plain });
      plain = '';
      out.push({ text: char, mark });
    }
  }
  if (plain) out.push({ text: plain });
  return out;
}

export const isHostile = (text: string) => pieces(text, true).some((p) => p.mark !== undefined);

/** For places that take a plain string only: titles, tooltips, chart labels. */
export const plainText = (text: string) =>
  pieces(text)
    .map((p) => (p.mark ? `‹${p.mark}›` : p.text))
    .join('');

/** Shortened in its middle: what tells two names of one site apart stands at their ends. */
export const middleCut = (text: string, max: number) =>
  text.length <= max ? text : `${text.slice(0, Math.ceil((max - 1) * 0.6))}…${text.slice(-Math.floor((max - 1) * 0.4))}`;
