import { describe, expect, it } from 'vitest';
import { isPseudonym, masksOf, none } from './pseudonym';

const behind = masksOf({ fields: ['user.*', 'source.ip'], clear: false });

describe('a pseudonym', () => {
  it.each([
    'masked-0123456789ab',
    'user:masked-0123456789ab',
    'fd12:3456:789a:bcde:f012:3456:789a:bcde',
    'fd12:3456::bcde:f012:3456:789a:bcde',
  ])('%s is one', (text) => expect(isPseudonym(text, behind)).toBe(true));
  it.each(['masked', 'masked-ball', 'fd00::1', '2001:db8::1', 'unmasked-0123456789ab', ''])('%s is none', (text) =>
    expect(isPseudonym(text, behind)).toBe(false),
  );
  it('of an address is looked for only where addresses are masked', () => {
    const users = masksOf({ fields: ['user.name'], clear: false });
    expect(isPseudonym('fd12:3456:789a:bcde:f012:3456:789a:bcde', users)).toBe(false);
    expect(isPseudonym('masked-0123456789ab', users)).toBe(true);
  });
  it('is nothing to whoever sees in clear', () => {
    expect(masksOf({ fields: ['user.name'], clear: true })).toBe(none);
    expect(masksOf(undefined)).toBe(none);
  });
});
