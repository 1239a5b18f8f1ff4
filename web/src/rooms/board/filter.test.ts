import { describe, expect, it } from 'vitest';
import { addToken, dropToken, readTokens, typedToken, writeTokens } from './filter';

describe('tokens of the board', () => {
  it('are read and written back the same', () => {
    const text = 'domain:identity,owner:anna,entity:host:web01';
    expect(writeTokens(readTokens(text))).toBe(text);
    expect(readTokens(text)[2]).toEqual({ kind: 'entity', value: 'host:web01' });
    expect(readTokens('nonsense,,:x,domain:')).toEqual([]);
    expect(writeTokens([])).toBeUndefined();
  });

  it('are added once and taken away', () => {
    const a = { kind: 'domain', value: 'cloud' };
    expect(addToken(addToken([], a), { ...a })).toHaveLength(1);
    expect(dropToken([a], { ...a })).toEqual([]);
  });

  it('come from what is typed; plain words look in titles, and a comma cannot smuggle in another token', () => {
    expect(typedToken('owner:anna')).toEqual({ kind: 'owner', value: 'anna' });
    expect(typedToken('brute force')).toEqual({ kind: 'text', value: 'brute force' });
    expect(typedToken('x,owner:ben')).toEqual({ kind: 'text', value: 'x owner:ben' });
    expect(typedToken('  ')).toBeNull();
  });
});
