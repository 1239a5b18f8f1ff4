/** The board's filter as removable tokens: `domain:identity,owner:anna`. One kind twice means either; other kinds must all fit. */
export interface Token {
  kind: string;
  value: string;
}

export const readTokens = (filter: string | undefined): Token[] =>
  (filter ?? '')
    .split(',')
    .map((t) => t.trim())
    .filter((t) => /^[a-z]+:./.test(t))
    .map((t) => ({ kind: t.slice(0, t.indexOf(':')), value: t.slice(t.indexOf(':') + 1) }));

export const writeTokens = (tokens: Token[]): string | undefined => tokens.map((t) => `${t.kind}:${t.value}`).join(',') || undefined;

const same = (a: Token, b: Token) => a.kind === b.kind && a.value === b.value;
export const addToken = (tokens: Token[], token: Token): Token[] => (tokens.some((t) => same(t, token)) ? tokens : [...tokens, token]);
export const dropToken = (tokens: Token[], token: Token): Token[] => tokens.filter((t) => !same(t, token));

/** What a person types: a token as it is, or words looked for in titles. */
export function typedToken(text: string): Token | null {
  const clean = text.replaceAll(',', ' ').trim();
  if (!clean) return null;
  const known = /^(domain|owner|class|work|skill|entity|rule|text|state):(.+)$/.exec(clean);
  return known ? { kind: known[1] as string, value: (known[2] as string).trim() } : { kind: 'text', value: clean };
}

const key = 'andon.board.views';
export interface SavedView {
  name: string;
  filter: string;
}
export function readViews(): SavedView[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.filter((v): v is SavedView => typeof v?.name === 'string' && typeof v?.filter === 'string') : [];
  } catch {
    return [];
  }
}
export const keepViews = (views: SavedView[]) => localStorage.setItem(key, JSON.stringify(views.slice(0, 30)));
