// Log text is written by whoever attacks us. It is shown as text, and what would be invisible is made visible.

export interface Piece {
  text: string;
  /** Name of the character when it is one that hides or steers text. */
  mark?: string;
}

const names: Record<number, string> = {
  0x00: 'NUL', 0x07: 'BEL', 0x08: 'BS', 0x09: 'TAB', 0x0a: 'LF', 0x0b: 'VT', 0x0c: 'FF', 0x0d: 'CR', 0x1b: 'ESC', 0x7f: 'DEL', 0x85: 'NEL', 0x9b: 'CSI',
  0xa0: 'NBSP', 0xad: 'SHY', 0x061c: 'ALM', 0x180e: 'MVS', 0x200b: 'ZWSP', 0x200c: 'ZWNJ', 0x200d: 'ZWJ', 0x200e: 'LRM', 0x200f: 'RLM', 0x2028: 'LS', 0x2029: 'PS',
  0x202a: 'LRE', 0x202b: 'RLE', 0x202c: 'PDF', 0x202d: 'LRO', 0x202e: 'RLO', 0x2060: 'WJ', 0x2066: 'LRI', 0x2067: 'RLI', 0x2068: 'FSI', 0x2069: 'PDI', 0xfeff: 'BOM', 0xfffd: 'BAD',
};

/** Controls, direction marks, zero-width characters, the replacement character, private use and lone surrogates. */
export function markOf(code: number): string | undefined {
  const name = names[code];
  if (name) return name;
  const hidden =
    code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0x206a && code <= 0x206f) || (code >= 0xfff9 && code <= 0xfffb) ||
    (code >= 0xd800 && code <= 0xdfff) || (code >= 0xe000 && code <= 0xf8ff) || (code >= 0xe0000 && code <= 0xe007f);
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
