import { useState } from 'react';
import { type Col, DataTable } from '@/parts/DataTable';
import { FactLink } from '@/parts/FactLink';
import { Hostile } from '@/parts/Hostile';
import { Answer, EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { actorWord, many } from '@/parts/words';
import { useFacts } from '@/wire/getFacts';
import type { Fact } from '@/wire/types';

const cols: Col<Fact>[] = [
  { id: 'seq', head: 'Fact', width: 80, by: (f) => f.seq, cell: (f) => <FactLink seq={f.seq} /> },
  { id: 'at', head: 'Time', width: 190, by: (f) => f.atMs, cell: (f) => <TimeText ms={f.atMs} /> },
  { id: 'type', head: 'Kind', width: 140, by: (f) => f.type, cell: (f) => <b>{f.type}</b> },
  { id: 'actor', head: 'By', width: 120, by: (f) => f.actor, cell: (f) => <Hostile text={actorWord(f.actor)} /> },
  {
    id: 'cause',
    head: 'Cause',
    width: 190,
    cell: (f) => {
      const seq = /^fact:(\d+)$/.exec(f.cause)?.[1];
      return seq ? <FactLink seq={Number(seq)}>{f.cause}</FactLink> : <Hostile text={f.cause} max={80} />;
    },
  },
  {
    id: 'body',
    head: 'What it says',
    width: 340,
    grow: true,
    cell: (f) => (
      <span className="mono dim">
        <Hostile text={JSON.stringify(f.body)} max={260} />
      </span>
    ),
  },
];

/** The audit: everything that ever changed this case. */
export function FactsTab({ caseId }: { caseId: string }) {
  const facts = useFacts(caseId);
  const [chosen, choose] = useState<string | null>(null);
  return (
    <Answer of={facts} what="the facts of this case">
      {(list) =>
        list.length === 0 ? (
          <EmptyState title="No facts name this case" />
        ) : (
          <div style={{ height: '100%', display: 'flex', flexDirection: 'column' }}>
            <div className="alerts-bar faint">
              {many(list.length, 'fact')}. A case is what its facts say; nothing else can change one. Open a fact to see its JSON and what
              caused it.
            </div>
            <div className="grow" style={{ minHeight: 0 }}>
              <DataTable
                rows={list}
                cols={cols}
                rowKey={(f) => String(f.seq)}
                sort={{ id: 'seq', desc: true }}
                selected={chosen}
                onSelect={(f) => choose(String(f.seq))}
                label="Facts"
              />
            </div>
          </div>
        )
      }
    </Answer>
  );
}
