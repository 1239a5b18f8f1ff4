import { describe, expect, it } from 'vitest';
import type { Finding } from '@/wire/types';
import { spanOf, underlined } from './place';

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

describe('what is underlined', () => {
  const fault: Finding = { code: 'KQL001', message: 'm', hint: '', place: '1:10', level: 'error' };
  const note: Finding = { ...fault, level: 'note' };
  it('are the faults of the text that was checked', () => {
    expect(underlined({ of: 'Events | wher', findings: [fault, note] }, 'Events | wher')).toEqual([fault]);
    expect(underlined({ of: 'Events | wher', findings: [] }, 'Events | wher')).toEqual([]);
  });
  it('is left as it stands while the answer is for another text, or for none', () => {
    expect(underlined({ of: 'Events | wher', findings: [fault] }, 'let a = 1; Events | where true')).toBeNull();
    expect(underlined({ of: null, findings: [fault] }, 'Events')).toBeNull();
  });
  it('is nothing in an empty editor', () => expect(underlined({ of: null, findings: [fault] }, ' ')).toEqual([]));
});
