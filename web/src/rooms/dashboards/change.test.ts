import { describe, expect, it } from 'vitest';
import { changeOf } from './change';

describe('a change in words', () => {
  it.each([
    [10, 10, '= unchanged', 'same'],
    [0, 0, '= unchanged', 'same'],
    [5, 0, '↑ new', 'more'],
    [150, 100, '↑ +50 %', 'more'],
    [97, 100, '↓ −3.0 %', 'less'],
    [0, 100, '↓ −100 %', 'less'],
  ])('%d after %d', (now, then, words, way) => expect(changeOf(now, then)).toEqual({ words, way }));
});
