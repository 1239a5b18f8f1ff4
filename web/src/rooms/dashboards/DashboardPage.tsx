import { ActionIcon, Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { Boundary } from '@/parts/Boundary';
import { Hostile } from '@/parts/Hostile';
import { ParameterFields } from '@/parts/ParameterFields';
import { fromParams, givenOf, resolve, type SearchParams, type SearchState, type TimeRange, toParams, valuesOf } from '@/parts/searchLink';
import { Answer, EmptyState } from '@/parts/states';
import { TimePicker } from '@/parts/TimePicker';
import { TimeText } from '@/parts/TimeText';
import { useDashboards } from '@/wire/getDashboards';
import { useSearches } from '@/wire/getSearches';
import type { Dashboard, SavedSearch } from '@/wire/types';
import { EditDashboard } from './EditDashboard';
import { PanelView } from './PanelView';
import { stepFor } from './step';
import './dashboards.css';

export default function DashboardPage() {
  const { dashboardId } = useParams({ from: '/dashboards/$dashboardId' });
  const searches = useSearches();
  return (
    <Answer of={useDashboards()} what="the dashboard">
      {(all) => {
        const board = all.find((d) => d.dashboardId === dashboardId);
        if (!board)
          return (
            <EmptyState title="There is no such dashboard">
              <Link className="link" to="/dashboards">
                All dashboards
              </Link>
            </EmptyState>
          );
        return (
          <Answer of={searches} what="its searches">
            {(known) => <Board key={board.dashboardId} board={board} searches={known} />}
          </Answer>
        );
      }}
    </Answer>
  );
}

function Board({ board, searches }: { board: Dashboard; searches: SavedSearch[] }) {
  const params: SearchParams = useSearch({ from: '/dashboards/$dashboardId' });
  const go = useNavigate();
  const linked = useMemo(() => fromParams(params), [params]);
  const [turn, setTurn] = useState(0);
  const [editing, setEditing] = useState(false);
  const range = linkedRange(linked, params, board.range);
  // A step that nobody chose fits the time.
  const asked = useMemo(() => {
    const time = resolve(linkedRange(linked, params, board.range), 0);
    return valuesOf(board.parameters, { step: stepFor(time.toMs - time.fromMs), ...givenOf(linked.values) });
  }, [board, linked, params]);
  const [draft, setDraft] = useState(asked);
  useEffect(() => setDraft(asked), [asked]);
  const show = (next: Partial<{ range: typeof range; values: typeof asked }>) => {
    setTurn((t) => t + 1);
    void go({
      to: '/dashboards/$dashboardId',
      params: { dashboardId: board.dashboardId },
      search: toParams({ mode: 'kql', text: '', range: next.range ?? range, values: next.values ?? linked.values }),
    });
  };
  // One time for all panels, taken when they are asked.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn takes the time anew.
  const time = useMemo(() => resolve(range, Date.now()), [JSON.stringify(range), turn]);
  return (
    <div className="page">
      <header className="page-head">
        <h1>
          <Hostile text={board.name} max={120} />
        </h1>
        <span className="dim cut">
          <Hostile text={board.description} max={160} />
        </span>
        <span className="grow" />
        <span className="faint nowrap">
          as of <TimeText ms={time.toMs} form="clock" /> UTC
        </span>
        <ActionIcon aria-label="Ask anew" title="Ask anew" onClick={() => setTurn((t) => t + 1)}>
          <IconRefresh size={16} stroke={1.6} />
        </ActionIcon>
        <Button variant="default" onClick={() => setEditing(true)}>
          {board.shipped || !board.mine ? 'Copy and change' : 'Change'}
        </Button>
        <TimePicker range={range} onRange={(next) => show({ range: next })} />
      </header>
      {draft.length > 0 && (
        <div className="board-parameters">
          <ParameterFields values={draft} parameters={board.parameters} onChange={setDraft} onRun={() => show({ values: draft })} />
          <Button size="compact-sm" variant="default" onClick={() => show({ values: draft })}>
            Show
          </Button>
        </div>
      )}
      <div className="page-body scroll">
        <div className="panels">
          {board.panels.map((panel, i) => (
            <div
              key={`${panel.searchId}${i}`}
              className="panel-cell"
              style={{ gridColumn: `span ${panel.width}`, height: panel.height * 90 + (panel.height - 1) * 12 }}
            >
              <Boundary what={panel.title} reset={turn}>
                <PanelView
                  panel={panel}
                  search={searches.find((s) => s.searchId === panel.searchId)}
                  shared={asked}
                  range={time}
                  turn={turn}
                />
              </Boundary>
            </div>
          ))}
        </div>
      </div>
      {editing && <EditDashboard board={board} close={() => setEditing(false)} />}
    </div>
  );
}

const linkedRange = (linked: SearchState, params: SearchParams, usual: string): TimeRange =>
  params.last || params.from ? linked.range : { last: usual };
