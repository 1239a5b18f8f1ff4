import { describe, expect, it } from 'vitest';
import { spanOf } from './place';

const text = 'Events\n| where x haas "y"';

describe('where a finding points', () => {
  it.each([
    ['2:11', [2, 11, 2, 15]],
    ['2:11-15', [2, 11, 2, 15]],
    ['line 2:11', [2, 11, 2, 15]],
    ['1:3-2:4', [1, 3, 2, 4]],
    ['17', [2, 11, 2, 15]],
    ['17-21', [2, 11, 2, 15]],
    ['', [1, 1, 1, 7]],
    ['9:1', [2, 1, 2, 2]],
  ])('%s', (place, [startLine, startColumn, endLine, endColumn]) =>
    expect(spanOf(place, text)).toEqual({ startLine, startColumn, endLine, endColumn }),
  );
});
