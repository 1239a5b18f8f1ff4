import { Link, useParams } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { Chart, type Ink, timeAxis, tooltipBase, valueAxis } from '@/parts/Chart';
import { FindingList } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { kqlText } from '@/parts/kql';
import { Panel } from '@/parts/Panel';
import { RawParsed } from '@/parts/RawParsed';
import { Answer, EmptyState } from '@/parts/states';
import { TimeText, useNow } from '@/parts/TimeText';
import { utc } from '@/parts/time';
import { bytes, many, whole } from '@/parts/words';
import { useSource } from '@/wire/getSource';
import type { SourceDetail } from '@/wire/types';
import { Health } from './Health';
import { OwnerForm } from './OwnerForm';
import './sources.css';

export default function SourcePage() {
  const { sourceId } = useParams({ from: '/sources/$sourceId' });
  const source = useSource(sourceId);
  return (
    <Answer of={source} what="the source">
      {(s) => <Inside source={s} />}
    </Answer>
  );
}

function Inside({ source }: { source: SourceDetail }) {
  const now = useNow();
  return (
    <div className="page">
      <header className="page-head">
        <Link className="dim" to="/sources">
          Sources
        </Link>
        <span className="faint">/</span>
        <h1>
          <Hostile text={source.name || source.sourceId} />
        </h1>
        <Health source={source} now={now} />
        <div className="grow" />
        <Link className="link" to="/search" search={{ q: `Events\n| where log.source.id == ${kqlText(source.sourceId)}`, last: '1h' }}>
          Search its events
        </Link>
      </header>
      <div className="page-body scroll">
        <div className="split">
          <div className="stack" style={{ gap: 14 }}>
            <Panel title="Events per minute" aside={<span className="faint">last 60 minutes, by time of arrival</span>}>
              <Rate source={source} now={now} />
            </Panel>
            <Panel title="Samples" aside={<span className="faint">raw and parsed; choose one</span>}>
              <Samples source={source} />
            </Panel>
          </div>
          <div className="stack" style={{ gap: 14 }}>
            <Panel title="Owner">
              <OwnerForm source={source} />
            </Panel>
            <Panel title="Facts">
              <dl className="kv">
                <dt>Key</dt>
                <dd className="mono">
                  <Hostile text={source.sourceId} />
                </dd>
                <dt>Listener</dt>
                <dd>{source.listener}</dd>
                <dt>Host</dt>
                <dd>
                  <Hostile text={source.host} />
                </dd>
                <dt>Dataset</dt>
                <dd>{source.dataset}</dd>
                <dt>First seen</dt>
                <dd>
                  <TimeText ms={source.firstMs} />
                </dd>
                <dt>Last seen</dt>
                <dd>
                  <TimeText ms={source.lastMs} />
                </dd>
                <dt>Events</dt>
                <dd>
                  {whole(source.events)}, {bytes(source.bytes)}
                </dd>
                <dt>Unparsed</dt>
                <dd>
                  {whole(source.parseFailures)}
                  {source.events > 0 && ` (${((100 * source.parseFailures) / source.events).toFixed(2)} %)`}; kept raw
                </dd>
              </dl>
            </Panel>
            <Panel title="Findings">
              {source.findings.length === 0 ? (
                <p className="dim" style={{ margin: 0 }}>
                  None.
                </p>
              ) : (
                <table className="plain-table">
                  <tbody>
                    {source.findings.map((f) => (
                      <tr key={f.code}>
                        <td className="mono">{f.code}</td>
                        <td className="num">
                          <Link
                            className="numlink"
                            to="/search"
                            search={{
                              q: `Events\n| where log.source.id == ${kqlText(source.sourceId)} and andon.findings has ${kqlText(f.code)}`,
                              last: '24h',
                            }}
                          >
                            {whole(f.count)}
                          </Link>
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
            </Panel>
          </div>
        </div>
      </div>
    </div>
  );
}

function Rate({ source, now }: { source: SourceDetail; now: number }) {
  const minute = Math.floor(now / 60_000) * 60_000;
  const draw = useCallback(
    (c: Ink) => ({
      grid: { left: 40, right: 8, top: 10, bottom: 22 },
      xAxis: timeAxis(c),
      yAxis: valueAxis(c),
      tooltip: {
        ...tooltipBase(c),
        trigger: 'axis',
        formatter: (p: { value: [number, number] }[]) =>
          p[0] ? `${whole(p[0].value[1])} events in the minute from\n${utc(p[0].value[0], false)}` : '',
      },
      series: [
        {
          type: 'bar',
          barCategoryGap: '12%',
          barMaxWidth: 36,
          itemStyle: { color: c.dim },
          emphasis: { itemStyle: { color: c.amber } },
          data: source.perMinute.map((v, i) => [minute - (source.perMinute.length - 1 - i) * 60_000, v]),
        },
      ],
    }),
    [source.perMinute, minute],
  );
  return (
    <Chart
      draw={draw}
      height={140}
      label={`Events per minute, ${many(
        source.perMinute.reduce((a, b) => a + b, 0),
        'event',
      )} in the last hour`}
    />
  );
}

function Samples({ source }: { source: SourceDetail }) {
  const [at, setAt] = useState(0);
  const sample = source.samples[Math.min(at, source.samples.length - 1)];
  if (!sample) return <EmptyState title="No sample kept yet" />;
  return (
    <div className="stack">
      <div className="samples">
        {source.samples.map((s, i) => (
          <button key={s.eventId} type="button" className={`bare sample${i === at ? ' on' : ''}`} onClick={() => setAt(i)}>
            <span className="faint nowrap">
              <TimeText ms={s.timeMs} form="clock" />
            </span>
            <span className="cut grow">
              <Hostile text={s.raw} max={220} />
            </span>
            {s.findings.length > 0 && <span className="tag amber">{many(s.findings.length, 'finding')}</span>}
          </button>
        ))}
      </div>
      <RawParsed raw={sample.raw} fields={sample.fields} />
      <FindingList
        findings={sample.findings.map((f) =>
          typeof f === 'string'
            ? { code: f.split(' ')[0] ?? '', message: f.replace(/^\S+ /, ''), hint: '', place: '', level: 'warning' }
            : f,
        )}
      />
    </div>
  );
}
