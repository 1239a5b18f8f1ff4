import { EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { whole } from '@/parts/words';
import type { SearchAsk } from '@/wire/types';
import { useNothing } from '@/wire/whyNothing';

/** No rows; and which kind of nothing that is. */
export function NothingFound({ ask, widen }: { ask: SearchAsk; widen: (aroundMs: number) => void }) {
  const nothing = useNothing(ask);
  const n = nothing.data;
  if (!n) return <EmptyState title="No rows">{nothing.isPending && <p className="faint">Looking for the reason …</p>}</EmptyState>;
  const last = n.lastMs;
  return (
    <EmptyState title="No rows">
      <p className="strong nothing" data-kind={n.kind}>
        {n.message}
      </p>
      <p>{n.hint}</p>
      {n.looked > 0 && <p className="faint">{whole(n.looked)} events of this time were looked at.</p>}
      {last ? (
        <p>
          Last seen <TimeText ms={last} />.{' '}
          <button type="button" className="bare link" onClick={() => widen(last)}>
            Look there
          </button>
        </p>
      ) : (
        n.kind !== 'nothingMatched' && n.kind !== 'masked' && <p className="faint">Nor in the 30 days before.</p>
      )}
    </EmptyState>
  );
}
