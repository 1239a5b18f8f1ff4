import { useState } from 'react';
import { FindingList } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { Panel } from '@/parts/Panel';
import { RawParsed } from '@/parts/RawParsed';
import { EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { many } from '@/parts/words';
import type { SourceDetail } from '@/wire/types';

export function SamplesTab({ source }: { source: SourceDetail }) {
  const [at, setAt] = useState(0);
  const list = source.samples;
  const sample = list[Math.min(at, list.length - 1)];
  if (!sample)
    return (
      <EmptyState title="No sample kept">
        <p>The last records of a source are its samples; retention took these, or none came yet.</p>
      </EmptyState>
    );
  const keys = (e: React.KeyboardEvent) => {
    const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[e.key];
    if (!by) return;
    e.preventDefault();
    const next = Math.max(0, Math.min(list.length - 1, at + by));
    setAt(next);
    e.currentTarget.children[next]?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <Panel title="The last records" aside={<span className="faint">raw and parsed, by the parsers of now; j and k move</span>}>
      <div className="stack">
        <div className="samples" role="listbox" aria-label="Samples" tabIndex={0} onKeyDown={keys}>
          {list.map((s, i) => (
            <button
              key={s.eventId}
              type="button"
              role="option"
              tabIndex={-1}
              aria-selected={i === at}
              className={`bare sample${i === at ? ' on' : ''}`}
              onClick={() => setAt(i)}
            >
              <span className="faint nowrap">
                <TimeText ms={s.timeMs} form="clock" />
              </span>
              <span className="cut grow">
                {s.raw === '' ? <span className="faint">not shown</span> : <Hostile text={s.raw} max={220} />}
              </span>
              {s.findings.length > 0 && <span className="tag amber">{many(s.findings.length, 'finding')}</span>}
            </button>
          ))}
        </div>
        <RawParsed raw={sample.raw} fields={sample.fields} />
        <FindingList
          findings={sample.findings.map((f) => ({
            code: f.split(' ')[0] ?? '',
            message: f.replace(/^\S+ /, ''),
            hint: '',
            place: '',
            level: 'warning' as const,
          }))}
        />
      </div>
    </Panel>
  );
}
