import { Button } from '@mantine/core';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { Boundary } from '@/parts/Boundary';
import { type Col, DataTable } from '@/parts/DataTable';
import { EntityKeyChip } from '@/parts/EntityChip';
import { Hostile } from '@/parts/Hostile';
import { LevelMark } from '@/parts/LevelMark';
import { RawParsed } from '@/parts/RawParsed';
import { RuleLink } from '@/parts/RuleLink';
import { Answer, EmptyState, ErrorState, Loading } from '@/parts/states';
import { utc } from '@/parts/time';
import { many, whole } from '@/parts/words';
import { caseAlertsQuery } from '@/wire/getCaseAlerts';
import { useEvent } from '@/wire/getEvent';
import { useRule } from '@/wire/getRule';
import type { CaseAlert } from '@/wire/types';
import { KeepButton } from './KeepButton';

const pageSize = 200;

interface Row {
  index: number;
  alert: CaseAlert | null;
}

/** All alerts of a case, however many: only pages in view are asked for. */
export function AlertsTab({ caseId, total: guess }: { caseId: string; total: number }) {
  const [view, setView] = useState({ first: 0, last: 0 });
  const [chosen, choose] = useState<CaseAlert | null>(null);
  const pages = useMemo(() => {
    const from = Math.floor(view.first / pageSize);
    const to = Math.floor(Math.max(view.last, view.first) / pageSize);
    return Array.from({ length: Math.min(4, to - from + 1) }, (_, i) => from + i);
  }, [view]);
  const answers = useQueries({
    queries: pages.map((p) => ({ ...caseAlertsQuery(caseId, p * pageSize, pageSize), placeholderData: keepPreviousData })),
  });
  const total = answers.find((a) => a.data)?.data?.total ?? guess;
  const known = useMemo(() => {
    const map = new Map<number, CaseAlert>();
    pages.forEach((p, i) => {
      const answer = answers[i];
      if (!answer?.data || answer.isPlaceholderData) return;
      for (const [k, alert] of answer.data.alerts.entries()) map.set(p * pageSize + k, alert);
    });
    return map;
  }, [pages, answers]);
  const indices = useMemo(() => Array.from({ length: total }, (_, index) => ({ index })), [total]);
  const rows = useMemo<Row[]>(() => indices.map(({ index }) => ({ index, alert: known.get(index) ?? null })), [indices, known]);
  const onView = useCallback(
    (first: number, last: number) => setView((v) => (v.first === first && v.last === last ? v : { first, last })),
    [],
  );

  const failed = answers.find((a) => a.error && !a.data);
  if (failed) return <ErrorState error={failed.error} retry={() => failed.refetch()} what="the alerts" />;
  if (total === 0)
    return (
      <EmptyState title="No alert in this case">
        <p>A case opened by hand has none until a rule joins one.</p>
      </EmptyState>
    );
  return (
    <div className={`alerts${chosen ? ' open' : ''}`}>
      <div className="alerts-list">
        <div className="alerts-bar faint">
          {whole(total)} alerts, newest first · rows {whole(view.first + 1)} to {whole(Math.min(total, view.last + 1))} in view
        </div>
        <div className="alerts-table">
          <DataTable
            rows={rows}
            cols={cols}
            rowKey={keyOf}
            selected={chosen ? `${chosen.eventId}/${chosen.ruleId}` : null}
            onSelect={(r) => r.alert && choose(r.alert)}
            onView={onView}
            isHere={(r) => r.alert !== null}
            label="Alerts"
          />
        </div>
      </div>
      {chosen && (
        <aside className="alerts-detail scroll">
          <Boundary what="This alert" reset={chosen.eventId}>
            <AlertDetail caseId={caseId} alert={chosen} close={() => choose(null)} />
          </Boundary>
        </aside>
      )}
    </div>
  );
}

const keyOf = (r: Row) => (r.alert ? `${r.alert.eventId}/${r.alert.ruleId}` : `row-${r.index}`);
const cols: Col<Row>[] = [
  {
    id: 'time',
    head: 'Time, UTC',
    width: 172,
    cell: (r) => (r.alert ? <span className="mono">{utc(r.alert.timeMs).slice(0, 19)}</span> : <span className="faint">loading …</span>),
  },
  { id: 'level', head: 'Level', width: 88, cell: (r) => r.alert && <LevelMark level={r.alert.level} /> },
  { id: 'title', head: 'Rule', width: 240, grow: true, cell: (r) => r.alert && <Hostile text={r.alert.title} max={120} /> },
  { id: 'fields', head: 'What it saw', width: 300, grow: true, cell: (r) => r.alert && <FieldLine fields={r.alert.fields} /> },
];

function FieldLine({ fields }: { fields: Record<string, string> }) {
  return (
    <>
      {Object.entries(fields).map(([name, value]) => (
        <span key={name} style={{ marginRight: 12 }}>
          <span className="faint">{name}</span> <Hostile text={String(value)} max={80} />
        </span>
      ))}
    </>
  );
}

/** Who wrote the rule, under which terms, and whether it was changed since (Detection Rule License 1.1). */
function Credit({ ruleId, author }: { ruleId: string; author: string }) {
  const credit = useRule(ruleId).data?.credit;
  return (
    <span title="Author of the rule, its licence">
      rule by <Hostile text={author} />
      {credit?.license && (
        <>
          , <Hostile text={credit.license} max={60} />
        </>
      )}
      {credit?.modified && (
        <>
          , modified: <Hostile text={credit.modified} max={120} />
        </>
      )}
    </span>
  );
}

function AlertDetail({ caseId, alert, close }: { caseId: string; alert: CaseAlert; close: () => void }) {
  const event = useEvent(alert.eventId);
  const [more, setMore] = useState(false);
  return (
    <div className="stack" style={{ gap: 8 }}>
      <div className="row" style={{ gap: 12 }}>
        <LevelMark level={alert.level} />
        <RuleLink ruleId={alert.ruleId} title={alert.title} />
        <span className="grow" />
        {event.data && (
          <KeepButton
            key={alert.eventId}
            caseId={caseId}
            what={() => ({
              name: `event-${alert.eventId}.json`,
              kind: 'event',
              body: JSON.stringify({ alert, event: event.data }, null, 1),
              origin: `event ${alert.eventId}`,
            })}
          >
            Keep as evidence
          </KeepButton>
        )}
        <Button size="compact-xs" variant="subtle" color="gray" onClick={close}>
          Close
        </Button>
      </div>
      <div className="row wrap dim" style={{ gap: 14 }}>
        <span>{utc(alert.timeMs)}</span>
        <Credit ruleId={alert.ruleId} author={alert.author} />
        <Link className="numlink" to="/sources/$sourceId" params={{ sourceId: alert.sourceId }}>
          <Hostile text={alert.sourceId} />
        </Link>
        <span className="mono faint">event {alert.eventId}</span>
        <span className="row wrap" style={{ gap: 4 }}>
          {alert.entities.map((e) => (
            <EntityKeyChip key={e} entity={e} />
          ))}
        </span>
      </div>
      <Answer of={event} what="the event">
        {(e) => <RawParsed raw={e.raw} rawIsUtf8={e.rawIsUtf8} fields={e.fields} />}
      </Answer>
      {alert.contributing.length > 0 && (
        <div>
          <button type="button" className="bare link" onClick={() => setMore(!more)}>
            {more ? 'Hide' : 'Show'} {many(alert.contributing.length, 'contributing event')}
          </button>
          {more && (
            <div className="stack" style={{ marginTop: 8 }}>
              {alert.contributing.slice(0, 100).map((id) => (
                <EventLine key={id} id={id} />
              ))}
            </div>
          )}
        </div>
      )}
    </div>
  );
}

function EventLine({ id }: { id: string }) {
  const event = useEvent(id);
  if (!event.data) return event.error ? <span className="up">Event {id} cannot be read.</span> : <Loading what={`event ${id}`} />;
  return (
    <div className="mono" style={{ overflowWrap: 'anywhere', fontSize: 11.5 }}>
      <span className="faint">{id}</span> <Hostile text={event.data.raw} max={400} />
    </div>
  );
}
