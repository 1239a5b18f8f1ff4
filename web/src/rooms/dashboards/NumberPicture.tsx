import { Tooltip } from '@mantine/core';
import { isNumber } from '@/parts/cells';
import { span } from '@/parts/time';
import { short, whole } from '@/parts/words';
import type { Cell, SearchAnswer } from '@/wire/types';
import { changeOf } from './change';

interface Props {
  answer: SearchAnswer;
  before?: SearchAnswer;
  lengthMs: number;
  open: (row: Cell[]) => void;
}

/** A number is shown with its change over the period before, of the same length; a click opens its events. */
export function NumberPicture({ answer, before, lengthMs, open }: Props) {
  const at = answer.columns.findIndex((c) => isNumber(c.type));
  const of = (a: SearchAnswer | undefined) => (a && at >= 0 && a.rows.length > 0 ? Number(a.rows[0]?.[at] ?? 0) : undefined);
  const value = of(answer);
  const then = of(before);
  if (value === undefined) return <div className="faint">No number in this answer</div>;
  const change = then === undefined ? undefined : changeOf(value, then);
  return (
    <div className="number">
      <Tooltip label={`${whole(value)}; open its events`}>
        <button type="button" className="bare number-value" onClick={() => open(answer.rows[0] ?? [])}>
          {short(value)}
        </button>
      </Tooltip>
      {change && (
        <div className={`number-change ${change.way}`}>
          {change.words}{' '}
          <span className="faint">
            from {short(then ?? 0)} in the {span(lengthMs)} before
          </span>
        </div>
      )}
    </div>
  );
}
