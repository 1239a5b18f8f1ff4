import { Link, useNavigate } from '@tanstack/react-router';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { SampledMark } from '@/parts/SampledMark';
import { givenOf, toParams, valuesOf } from '@/parts/searchLink';
import { useEventsBehind } from '@/wire/eventsBehind';
import { usePanelRows } from '@/wire/search';
import type { Cell, Panel, SavedSearch, SearchValue } from '@/wire/types';
import { NumberPicture } from './NumberPicture';
import { BarsPicture, LinesPicture } from './pictures';
import { TablePicture } from './TablePicture';

interface Props {
  panel: Panel;
  search?: SavedSearch;
  shared: SearchValue[];
  range: { fromMs: number; toMs: number };
  turn: number;
}

/** One saved search as a picture. Its title leads to the search, its rows to their events. */
export function PanelView({ panel, search, shared, range, turn }: Props) {
  const go = useNavigate();
  const behind = useEventsBehind();
  const values = search ? valuesOf(search.parameters, { ...givenOf(shared), ...panel.values }) : [];
  const ask = search ? { kql: search.kql, ...range, values, limit: 1000, remember: false } : null;
  const rows = usePanelRows(ask, turn);
  const length = range.toMs - range.fromMs;
  const before = usePanelRows(panel.chart === 'number' && ask ? { ...ask, fromMs: range.fromMs - length, toMs: range.fromMs } : null, turn);
  const open = (row: Cell[]) => {
    const data = rows.data;
    if (!data || !search) return;
    behind.mutate(
      { kql: search.kql, values, columns: data.columns, row },
      { onSuccess: (kql) => kql && go({ to: '/search', search: toParams({ mode: 'kql', text: kql, range }) }) },
    );
  };
  const data = rows.data;
  return (
    <section className="panel board-panel" aria-label={panel.title} aria-busy={rows.isFetching}>
      <header className="board-panel-head">
        <h2 className="cut">
          {search ? (
            <Link
              className="numlink"
              to="/search"
              search={toParams({ mode: 'kql', text: search.kql, range, values, saved: search.searchId })}
              title={`${search.name}: open as a search`}
            >
              <Hostile text={panel.title} max={120} />
            </Link>
          ) : (
            <Hostile text={panel.title} max={120} />
          )}
        </h2>
        <span className="grow" />
        <SampledMark findings={data?.findings} />
        {data && data.stats.state !== 'complete' && <span className="tag amber">{data.stats.state}</span>}
        {rows.isFetching && data && <span className="faint">…</span>}
        {behind.isSuccess && !behind.data && <span className="faint">stands for no events</span>}
      </header>
      <div className="board-panel-body">
        {!search && <div className="up">Its search is gone.</div>}
        {rows.error !== null && <FindingList findings={findingsOf(rows.error)} />}
        {search && !data && !rows.error && <div className="faint">Counting …</div>}
        {data && !rows.error && (
          <>
            {panel.chart === 'number' && <NumberPicture answer={data} before={before.data} lengthMs={length} open={open} />}
            {panel.chart === 'table' && <TablePicture answer={data} open={open} />}
            {panel.chart === 'bars' && <BarsPicture answer={data} label={panel.title} range={range} open={open} />}
            {panel.chart === 'lines' && <LinesPicture answer={data} label={panel.title} range={range} open={open} />}
          </>
        )}
      </div>
    </section>
  );
}
