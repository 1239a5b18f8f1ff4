import { Drawer } from '@mantine/core';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useFact } from '@/wire/getFact';
import { Boundary } from './Boundary';
import { Hostile } from './Hostile';
import { Answer } from './states';
import { TimeText } from './TimeText';
import { actorWord } from './words';

/** One fact and the chain of facts that led to it. */
export function FactDrawer() {
  const hash = useLocation({ select: (l) => l.hash });
  const go = useNavigate();
  const seq = /^fact-(\d+)$/.exec(hash)?.[1];
  const close = () => go({ to: '.', search: (s: Record<string, unknown>) => s, hash: '', replace: true });
  return (
    <Drawer opened={seq !== undefined} onClose={close} title={`Fact ${seq ?? ''}`} size={560}>
      {seq !== undefined && (
        <Boundary what="This fact" reset={seq}>
          <FactChain seq={Number(seq)} open />
        </Boundary>
      )}
    </Drawer>
  );
}

function FactChain({ seq, open = false }: { seq: number; open?: boolean }) {
  const fact = useFact(seq);
  const [shown, show] = useState(open);
  return (
    <Answer of={fact} what={`fact ${seq}`}>
      {(f) => {
        const cause = /^fact:(\d+)$/.exec(f.cause)?.[1];
        return (
          <div className="stack" style={{ marginBottom: 14 }}>
            <div className="row wrap">
              <button type="button" className="bare mono strong" onClick={() => show(!shown)} aria-expanded={shown}>
                {shown ? '▾' : '▸'} {f.type}
              </button>
              <span className="faint">#{f.seq}</span>
              <TimeText ms={f.atMs} />
              <span className="dim">
                by <Hostile text={actorWord(f.actor)} />
              </span>
            </div>
            {shown && (
              <pre className="json">
                <Hostile text={JSON.stringify(f.body, null, 2)} lines />
              </pre>
            )}
            {cause && Number(cause) !== seq ? (
              <div style={{ borderLeft: '2px solid var(--line-2)', paddingLeft: 12 }}>
                <div className="label" style={{ marginBottom: 4 }}>
                  caused by
                </div>
                <FactChain seq={Number(cause)} />
              </div>
            ) : (
              f.cause && (
                <div className="dim">
                  <span className="label">cause </span>
                  <Hostile text={f.cause} />
                </div>
              )
            )}
          </div>
        );
      }}
    </Answer>
  );
}
