import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Boundary } from '@/parts/Boundary';
import { FindingList } from '@/parts/FindingView';
import { EmptyState } from '@/parts/states';
import type { Filter } from '@/parts/ValueItems';
import { many, whole } from '@/parts/words';
import { useTail } from '@/wire/tailEvents';
import type { SearchAnswer, SearchValue } from '@/wire/types';
import { allColumns, shownColumns } from './columns';
import { Results } from './Results';
import { RowDetail } from './RowDetail';

const words = { joining: 'joining …', following: 'live', waiting: 'waiting', refused: 'refused' } as const;

/** New events as they become searchable, the newest first; it says when it shows a part of them only. */
export function LiveTail({ kql, values, onFilter }: { kql: string; values?: SearchValue[]; onFilter: Filter }) {
  const [paused, setPaused] = useState(false);
  const [at, choose] = useState<number | null>(null);
  const tail = useTail(kql, values, paused || at !== null);
  const rows = useMemo(() => tail.rows.map((r) => r.cells), [tail.rows]);
  const answer = useMemo(() => ({ columns: tail.columns, rows: rows.slice(0, 200) }) as SearchAnswer, [tail.columns, rows]);
  const shown = useMemo(() => shownColumns(allColumns(answer), null), [answer]);
  const row = at === null ? undefined : rows[at];
  const still = paused || at !== null;
  return (
    <>
      <div className="answerline" role="status" aria-live="polite">
        <span className={`answer-state ${tail.state === 'following' && !still ? 'answer-complete' : 'answer-limited'}`}>
          {still && tail.state === 'following' ? 'paused' : words[tail.state]}
        </span>
        <b>{many(tail.matched, 'new event')}</b>
        {tail.left > 0 ? (
          <span className="up">
            sampled: {whole(tail.matched - tail.left)} of {whole(tail.matched)} could be shown
          </span>
        ) : (
          tail.matched > 0 && <span className="dim">all of them</span>
        )}
        {still && tail.waiting > 0 && <span className="dim">{whole(tail.waiting)} waiting</span>}
        <span className="grow" />
        <Button
          size="compact-xs"
          variant="default"
          leftSection={still ? <IconPlayerPlay size={12} /> : <IconPlayerPause size={12} />}
          onClick={() => {
            choose(null);
            setPaused(!still);
          }}
        >
          {still ? 'Go on' : 'Pause'}
        </Button>
        <Button size="compact-xs" variant="default" onClick={tail.clear}>
          Clear
        </Button>
      </div>
      {tail.findings.length > 0 && (
        <div className="search-findings">
          <FindingList findings={tail.findings} />
        </div>
      )}
      {rows.length === 0 && tail.state !== 'refused' && (
        <EmptyState title="Nothing new yet">
          <p>Events that fit appear here as soon as they are searchable.</p>
        </EmptyState>
      )}
      {rows.length > 0 && (
        <div className={`found tail${row ? ' open' : ''}`}>
          <div className="found-rows">
            <Results rows={rows} columns={shown} chosen={at} choose={choose} onFilter={onFilter} label="Live events" />
          </div>
          {row && (
            <aside className="found-detail scroll">
              <Boundary what="This row" reset={row}>
                <RowDetail columns={tail.columns} row={row} close={() => choose(null)} onFilter={onFilter} />
              </Boundary>
            </aside>
          )}
        </div>
      )}
    </>
  );
}
