import { useMemo } from 'react';
import { type Col, DataTable } from '@/parts/DataTable';
import { Hostile } from '@/parts/Hostile';
import { LevelMark } from '@/parts/LevelMark';
import { span, utc } from '@/parts/time';
import { short } from '@/parts/words';
import type { Twig } from '@/wire/types';

const depthMax = 10;

/** The forest of reasons: each signal under the one it was joined with. Only rows in view are drawn. */
export function ReasonTree({
  tree,
  at,
  setAt,
  chosen,
  toggle,
}: {
  tree: Twig[];
  at: string | null;
  setAt: (id: string) => void;
  chosen: ReadonlySet<string>;
  toggle: (id: string) => void;
}) {
  const cols = useMemo<Col<Twig>[]>(
    () => [
      {
        id: 'pick',
        head: <span title="Space chooses the row">✓</span>,
        width: 34,
        cell: (t) => (
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={`Choose ${t.title}`}
            checked={chosen.has(t.signalId)}
            onClick={(e) => e.stopPropagation()}
            onChange={() => toggle(t.signalId)}
          />
        ),
      },
      { id: 'title', head: 'Signal, under the one it was joined with', width: 300, grow: true, cell: (t) => <Name twig={t} /> },
      { id: 'level', head: 'Level', width: 84, cell: (t) => <LevelMark level={t.level} /> },
      { id: 'count', head: 'Alerts', width: 62, num: true, cell: (t) => short(t.count) },
      {
        id: 'via',
        head: 'Same',
        width: 170,
        cell: (t) => (t.join ? <Hostile text={t.join.via} max={60} /> : <span className="faint">first</span>),
      },
      { id: 'gap', head: 'Apart', width: 96, num: true, cell: (t) => t.join && span(t.join.gapMs) },
      {
        id: 'score',
        head: 'Tie',
        width: 52,
        num: true,
        title: 'Strength of the tie, 0 to 1; 1 when a person put it there',
        cell: (t) => t.join?.score.toFixed(2),
      },
      { id: 'time', head: 'First, UTC', width: 172, cell: (t) => <span className="mono">{utc(t.firstMs).slice(0, 19)}</span> },
    ],
    [chosen, toggle],
  );
  return (
    <div className="grouping-tree">
      <DataTable rows={tree} cols={cols} rowKey={keyOf} selected={at} onSelect={(t) => setAt(t.signalId)} label="Forest of reasons" />
    </div>
  );
}

const keyOf = (t: Twig) => t.signalId;

function Name({ twig: t }: { twig: Twig }) {
  const depth = Math.min(depthMax, t.depth);
  return (
    <span className="twig" style={{ paddingLeft: depth * 14 }} title={t.join?.text}>
      <span className="twig-branch" aria-hidden>
        {t.depth > depthMax ? `${t.depth}╰` : t.depth > 0 ? '╰' : '●'}
      </span>
      <Hostile text={t.title} max={140} />
      {t.under > 0 && <span className="faint"> +{t.under}</span>}
      {t.homeNumber && <span className="tag">of #{t.homeNumber}</span>}
      {!t.rare && (
        <span className="faint" title="Usual where it came: context, no tie by itself">
          {' '}
          usual
        </span>
      )}
    </span>
  );
}
