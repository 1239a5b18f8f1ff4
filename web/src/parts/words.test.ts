import { describe, expect, it } from 'vitest';
import { inOrder } from './EntityChip';
import { reasonText, tacticKey } from './words';

describe('words', () => {
  it('says the points of a reason once: they stand beside it', () => {
    expect(reasonText('+4: same host web01 now in 4 rules')).toBe('same host web01 now in 4 rules');
    expect(reasonText('−12: twelve quiet hours')).toBe('twelve quiet hours');
    expect(reasonText('merged: +4: kept')).toBe('merged: +4: kept');
  });

  it('knows a tactic however it is written', () => {
    expect(['Initial Access', 'initial_access', 'initial-access'].map(tacticKey)).toEqual(Array(3).fill('initial-access'));
  });

  it('puts ids that tell a person little last, and keeps the order of the rest', () => {
    const list = ['process', 'host', 'session', 'user', 'ip'].map((kind) => ({ kind }));
    expect(inOrder(list).map((e) => e.kind)).toEqual(['host', 'user', 'ip', 'process', 'session']);
  });
});
