import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { kqlText } from '@/parts/kql';
import { OnlyOperations } from '@/parts/OnlyFor';
import { Panel } from '@/parts/Panel';
import { RuleName } from '@/parts/RuleName';
import { Answer, EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { bytes, many, short, whole } from '@/parts/words';
import { useDashboards } from '@/wire/getDashboards';
import { useSearches } from '@/wire/getSearches';
import { useSourceUsage } from '@/wire/getSourceUsage';
import { useFilter } from '@/wire/tellSource';
import type { SourceDetail, UsageView } from '@/wire/types';
import { Sampling } from './Sampling';

type Kind = UsageView['kinds'][number];

/** Who uses what it sends, kind by kind and field by field; and a filter for its sender where nobody does. */
export function UseTab({ source }: { source: SourceDetail }) {
  const usage = useSourceUsage(source.sourceId);
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <Answer of={usage} what="who uses it">
      {(u) => {
        if (u.kinds.length === 0) return <EmptyState title="Nothing counted yet" />;
        const kind = u.kinds.find((k) => k.kind === chosen) ?? u.kinds[0];
        return (
          <div className="split use-split">
            <div className="stack" style={{ gap: 14 }}>
              <Panel title="Kinds of events" aside={<span className="faint">the dearest first; choose one</span>}>
                <Kinds kinds={u.kinds} chosen={kind?.kind ?? ''} choose={setChosen} source={source} />
              </Panel>
              <UsedBy source={source} kinds={u.kinds} />
              <OnlyOperations>
                <Sampling source={source} kinds={u.kinds} />
              </OnlyOperations>
            </div>
            {kind && (
              <div className="stack" style={{ gap: 14 }} key={kind.kind}>
                <Readers kind={kind} />
                <OnlyOperations>
                  <Filter source={source} kind={kind} />
                </OnlyOperations>
                <FieldsOf kind={kind} />
              </div>
            )}
          </div>
        );
      }}
    </Answer>
  );
}

const eventsOf = (source: SourceDetail, kind: string) =>
  kind === '(other)'
    ? `Events\n| where log.source.id == ${kqlText(source.sourceId)}`
    : `Events\n| where log.source.id == ${kqlText(source.sourceId)} and (event.code == ${kqlText(kind)} or event.action == ${kqlText(kind)})`;

function Kinds({ kinds, chosen, choose, source }: { kinds: Kind[]; chosen: string; choose: (kind: string) => void; source: SourceDetail }) {
  return (
    <table className="plain-table pick">
      <thead>
        <tr>
          <th>Kind</th>
          <th className="num">Events</th>
          <th className="num">A day</th>
          <th className="num">Rules</th>
          <th className="num">Testing</th>
          <th>Last</th>
        </tr>
      </thead>
      <tbody>
        {kinds.map((k) => (
          <tr key={k.kind} className={k.kind === chosen ? 'on' : undefined}>
            <td>
              <button type="button" className="bare" aria-pressed={k.kind === chosen} onClick={() => choose(k.kind)}>
                <Hostile text={k.kind} max={60} />
              </button>
            </td>
            <td className="num">
              <Link className="numlink" to="/search" search={{ q: eventsOf(source, k.kind), last: '24h' }}>
                {short(k.events)}
              </Link>
            </td>
            <td className="num">{bytes(k.bytesPerDay)}</td>
            <td className={`num${k.production.length === 0 ? ' faint' : ''}`}>{k.production.length || 'none'}</td>
            <td className="num">{k.testing.length}</td>
            <td>
              <TimeText ms={k.lastMs} form="ago" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Readers({ kind }: { kind: Kind }) {
  return (
    <Panel title={<Hostile text={`Rules that read ${kind.kind}`} max={80} />}>
      {kind.production.length + kind.testing.length === 0 ? (
        <p className="dim">None. It costs {bytes(kind.bytesPerDay)} a day.</p>
      ) : (
        <ul className="plain-list scroll" style={{ maxHeight: 220 }}>
          {kind.production.map((id) => (
            <li key={id}>
              <RuleName ruleId={id} />
            </li>
          ))}
          {kind.testing.map((id) => (
            <li key={id}>
              <RuleName ruleId={id} /> <span className="tag">testing</span>
            </li>
          ))}
        </ul>
      )}
      {kind.keywords && <p className="dim">A rule looks for words anywhere in it, so every field counts.</p>}
    </Panel>
  );
}

function FieldsOf({ kind }: { kind: Kind }) {
  const [all, setAll] = useState(false);
  const fields = all ? kind.fields : kind.fields.slice(0, 14);
  return (
    <Panel title="Its fields" aside={<span className="faint">bytes of values, told from a part of the events</span>}>
      <table className="plain-table">
        <tbody>
          {fields.map((f) => (
            <tr key={f.field}>
              <td className="mono">
                <Hostile text={f.field} max={60} />
              </td>
              <td className="num">{bytes(f.bytes)}</td>
              <td className="num" title={f.readBy.join(', ')}>
                {f.readBy.length > 0 ? many(f.readBy.length, 'rule') : <span className="faint">no rule</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {kind.fields.length > fields.length && (
        <button type="button" className="bare link" onClick={() => setAll(true)}>
          All {kind.fields.length} fields
        </button>
      )}
    </Panel>
  );
}

function Filter({ source, kind }: { source: SourceDetail; kind: Kind }) {
  const filter = useFilter();
  const used = kind.production.length > 0;
  return (
    <Panel title="Leave it out at the sender">
      <div className="stack">
        <div className="dim">
          {used
            ? `${many(kind.production.length, 'rule')} in force would go blind for it.`
            : 'A filter is made from stored samples and tried on them: exactly these events vanish, or none is offered.'}
        </div>
        {!filter.data && (
          <div>
            <Button
              variant="default"
              loading={filter.isPending}
              onClick={() => filter.mutate({ sourceId: source.sourceId, kind: kind.kind, why: 'asked for on the source page' })}
            >
              Propose filters
            </Button>
          </div>
        )}
        <FindingList findings={findingsOf(filter.error)} />
        {filter.data && (
          <>
            <div role="status">
              Tried on {many(filter.data.tried, 'stored event')}: <b>{whole(filter.data.dropped)}</b> of this kind vanish,{' '}
              {whole(filter.data.tried - filter.data.dropped)} others pass.{' '}
              {filter.data.safe ? (
                <span className="down">No rule that is loaded could match it.</span>
              ) : (
                <span className="up">{many(filter.data.wouldWant.length, 'rule')} could match it.</span>
              )}
            </div>
            {filter.data.snippets.map((s) => (
              <details key={s.program} className="snippet">
                <summary>{s.program}</summary>
                <pre className="code">
                  <Hostile text={s.text} lines />
                </pre>
              </details>
            ))}
            <div className="dim">Once the sender leaves it out, say so in the card (Filtered), so that its gaps are lawful.</div>
          </>
        )}
      </div>
    </Panel>
  );
}

/** Saved searches and dashboards whose text can find its events: they name it, its host or its dataset. */
function UsedBy({ source, kinds }: { source: SourceDetail; kinds: Kind[] }) {
  const searches = useSearches().data ?? [];
  const dashboards = useDashboards().data ?? [];
  const names = [
    source.sourceId,
    source.host,
    source.dataset,
    ...kinds.map((k) => k.kind).filter((k) => k !== '(other)' && k.length > 3),
  ].filter(Boolean);
  const using = searches.filter((s) => names.some((n) => s.kql.includes(n)));
  const ids = new Set(using.map((s) => s.searchId));
  const boards = dashboards.filter((d) => d.panels.some((p) => ids.has(p.searchId)));
  return (
    <Panel title="Used besides by">
      <dl className="kv">
        <dt>Saved searches</dt>
        <dd>
          {using.length === 0 ? (
            <span className="faint">none names it, its host, its dataset or a kind of its events</span>
          ) : (
            using.map((s) => (
              <div key={s.searchId}>
                <Link className="numlink" to="/search" search={{ s: s.searchId, last: s.range }}>
                  <Hostile text={s.name} max={80} />
                </Link>
              </div>
            ))
          )}
        </dd>
        <dt>Dashboards</dt>
        <dd>
          {boards.length === 0 ? (
            <span className="faint">none shows these searches</span>
          ) : (
            boards.map((d) => (
              <div key={d.dashboardId}>
                <Link className="numlink" to="/dashboards/$dashboardId" params={{ dashboardId: d.dashboardId }}>
                  <Hostile text={d.name} max={80} />
                </Link>
              </div>
            ))
          )}
        </dd>
        <dt>Cases</dt>
        <dd>
          {source.cases.length === 0 ? (
            <span className="faint">no signal of it joined a case</span>
          ) : (
            <>
              <Link className="numlink" to="/cases" search={{ ids: source.cases.join(',') }}>
                {source.cases.length === 50 ? 'the last 50 cases' : many(source.cases.length, 'case')}
              </Link>
              , {many(source.signals, 'signal')}
            </>
          )}
        </dd>
      </dl>
    </Panel>
  );
}
