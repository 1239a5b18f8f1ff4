import { Button, Checkbox, Select, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { type Col, DataTable } from '@/parts/DataTable';
import { EntityChip } from '@/parts/EntityChip';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { aboutEntity } from '@/parts/kql';
import { Panel } from '@/parts/Panel';
import { Answer, EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { actorWord, many, verdictWords, whole } from '@/parts/words';
import { useObservables, useSimilar, useStateObservables } from '@/wire/caseWork';
import type { Observable, Tlp } from '@/wire/workTypes';
import { TlpMark, tlps } from './TlpMark';
import './work.css';

export function ObservablesTab({ caseId }: { caseId: string }) {
  const observables = useObservables(caseId);
  const state = useStateObservables(caseId);
  const [chosen, choose] = useState<string | null>(null);
  const cols = useMemo<Col<Observable>[]>(
    () => [
      { id: 'type', head: 'Type', width: 86, by: (o) => o.type, cell: (o) => <span className="faint">{o.type}</span> },
      { id: 'value', head: 'Value', width: 220, grow: true, by: (o) => o.value, cell: (o) => <EntityChip kind={o.type} value={o.value} /> },
      { id: 'marks', head: 'Marks', width: 190, cell: (o) => <Marks o={o} /> },
      { id: 'seen', head: 'Seen before', width: 300, grow: true, by: (o) => o.seenIn, cell: (o) => <Seen o={o} /> },
      {
        id: 'events',
        head: 'In events',
        width: 92,
        cell: (o) => (
          <Link className="numlink" to="/search" search={aboutEntity(o.type, o.value)}>
            search
          </Link>
        ),
      },
      {
        id: 'from',
        head: 'From',
        width: 110,
        cell: (o) => <span className="faint">{o.stated ? actorWord(o.stated) : many(o.alerts, 'signal')}</span>,
      },
    ],
    [],
  );
  return (
    <Answer of={observables} what="the observables">
      {(book) => {
        const one = book.observables.find((o) => `${o.type}:${o.value}` === chosen);
        return (
          <div className="work">
            <AddObservable add={(ask) => state.mutate([ask])} busy={state.isPending} />
            <FindingList findings={findingsOf(state.error)} />
            {book.observables.length === 0 ? (
              <EmptyState title="No observable yet">
                <p>Those of the alerts come by themselves; add what you learned elsewhere above.</p>
              </EmptyState>
            ) : (
              <div className="work-table" style={{ height: Math.min(460, 34 + book.observables.length * 34) }}>
                <DataTable
                  rows={book.observables}
                  cols={cols}
                  rowKey={(o) => `${o.type}:${o.value}`}
                  rowHeight={34}
                  selected={chosen}
                  onSelect={(o) => choose(`${o.type}:${o.value}`)}
                  label="Observables"
                />
              </div>
            )}
            {book.total > book.observables.length && (
              <p className="faint">
                {whole(book.observables.length)} of {whole(book.total)} are shown.
              </p>
            )}
            {one && (
              <Panel title={`${one.type} ${one.value.slice(0, 80)}`}>
                <Detail o={one} change={(part) => state.mutate([{ type: one.type, value: one.value, ...part }])} />
              </Panel>
            )}
            <Similar caseId={caseId} />
          </div>
        );
      }}
    </Answer>
  );
}

function Marks({ o }: { o: Observable }) {
  return (
    <span className="row" style={{ gap: 5 }}>
      <TlpMark tlp={o.tlp} />
      {o.ioc && <span className="tag amber">indicator</span>}
      {o.sighted && <span className="tag">sighted</span>}
      {o.stop && (
        <span className="faint" title={`Ties no cases: ${o.stop}`}>
          no tie
        </span>
      )}
    </span>
  );
}

function Seen({ o }: { o: Observable }) {
  if (o.seenIn === 0) return <span className="faint">in no other case</span>;
  return (
    <span className="row" style={{ gap: 6 }}>
      <Link className="numlink" to="/cases" search={{ q: o.value }}>
        {many(o.seenIn, 'other case')}
      </Link>
      <span className="faint">
        {[
          o.open > 0 ? `${o.open} open` : '',
          ...o.verdicts.map((v) => `${v.cases} ${(verdictWords[v.verdict] ?? v.verdict).toLowerCase()}`),
        ]
          .filter(Boolean)
          .join(', ')}
      </span>
    </span>
  );
}

function Detail({
  o,
  change,
}: {
  o: Observable;
  change: (part: { ioc?: boolean; sighted?: boolean; ignoreSimilarity?: boolean; tlp?: Tlp }) => void;
}) {
  return (
    <div className="stack" style={{ gap: 10 }}>
      <div className="row wrap" style={{ gap: 18 }}>
        <Checkbox
          size="xs"
          label="Indicator: tells an attack by itself"
          checked={o.ioc}
          onChange={(e) => change({ ioc: e.currentTarget.checked })}
        />
        <Checkbox size="xs" label="Sighted here" checked={o.sighted} onChange={(e) => change({ sighted: e.currentTarget.checked })} />
        <Checkbox
          size="xs"
          label="Ties no cases"
          checked={o.ignoreSimilarity}
          onChange={(e) => change({ ignoreSimilarity: e.currentTarget.checked })}
        />
        <Select
          size="xs"
          w={140}
          aria-label="TLP"
          data={tlps}
          value={o.tlp}
          allowDeselect={false}
          onChange={(v) => v && change({ tlp: v as Tlp })}
        />
      </div>
      <dl className="kv">
        <dt>In this case</dt>
        <dd>
          since <TimeText ms={o.firstMs} />
        </dd>
        {o.seenIn > 0 && (
          <>
            <dt>Elsewhere</dt>
            <dd>
              <TimeText ms={o.seenFirstMs} /> to <TimeText ms={o.seenLastMs} />
            </dd>
          </>
        )}
        {o.note && (
          <>
            <dt>Note</dt>
            <dd>
              <Hostile text={o.note} lines />
            </dd>
          </>
        )}
        {o.cases.map((c) => (
          <Case key={c.caseId} c={c} />
        ))}
      </dl>
    </div>
  );
}

function Case({ c }: { c: Observable['cases'][number] }) {
  return (
    <>
      <dt>#{c.number}</dt>
      <dd>
        <Link className="numlink" to="/cases/$caseId" params={{ caseId: c.caseId }}>
          <Hostile text={c.title} max={120} />
        </Link>{' '}
        <span className="faint">{c.open ? 'open' : c.verdict ? (verdictWords[c.verdict] ?? c.verdict).toLowerCase() : 'closed'}</span>
      </dd>
    </>
  );
}

function AddObservable({
  add,
  busy,
}: {
  add: (ask: { type: string; value: string; ioc: boolean; note: string; sighted: boolean }) => void;
  busy: boolean;
}) {
  const [type, setType] = useState('ip');
  const [value, setValue] = useState('');
  const [note, setNote] = useState('');
  const [ioc, setIoc] = useState(false);
  return (
    <form
      className="work-add"
      onSubmit={(e) => {
        e.preventDefault();
        if (!value.trim()) return;
        add({ type, value, ioc, note, sighted: false });
        setValue('');
        setNote('');
      }}
    >
      <Select
        w={110}
        aria-label="Type"
        data={['ip', 'domain', 'url', 'hash', 'host', 'user', 'process', 'message', 'file', 'mail', 'other']}
        value={type}
        allowDeselect={false}
        onChange={(v) => v && setType(v)}
      />
      <TextInput
        className="grow"
        aria-label="Value"
        placeholder="203.0.113.9"
        value={value}
        onChange={(e) => setValue(e.currentTarget.value)}
      />
      <TextInput w={220} aria-label="Note" placeholder="Where it is from" value={note} onChange={(e) => setNote(e.currentTarget.value)} />
      <Checkbox label="Indicator" checked={ioc} onChange={(e) => setIoc(e.currentTarget.checked)} />
      <Button type="submit" variant="default" loading={busy} disabled={!value.trim()}>
        Add
      </Button>
    </form>
  );
}

function Similar({ caseId }: { caseId: string }) {
  const similar = useSimilar(caseId);
  return (
    <Panel
      title="Similar cases"
      aside={<span className="faint">shared observables of all that either has; what every machine has does not count</span>}
    >
      <Answer of={similar} what="similar cases">
        {({ similar: list }) =>
          list.length === 0 ? (
            <p className="faint">No other case shares an observable that says something.</p>
          ) : (
            <table className="plain-table">
              <tbody>
                {list.map((s) => (
                  <tr key={s.case.caseId}>
                    <td
                      className="num nowrap"
                      style={{ width: 70 }}
                      title={`${s.shared} shared; this case has ${s.ours}, that one ${s.theirs}`}
                    >
                      {s.percent.toFixed(0)} %
                    </td>
                    <td>
                      <Link className="numlink" to="/cases/$caseId" params={{ caseId: s.case.caseId }}>
                        #{s.case.number} <Hostile text={s.case.title} max={120} />
                      </Link>{' '}
                      <span className="faint">
                        {s.case.open ? 'open' : s.case.verdict ? (verdictWords[s.case.verdict] ?? s.case.verdict).toLowerCase() : 'closed'}
                      </span>
                    </td>
                    <td className="faint">
                      <Hostile text={s.observables.join(', ')} max={160} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Answer>
    </Panel>
  );
}
