import { Popover, Tooltip } from '@mantine/core';
import { FactLink } from '@/parts/FactLink';
import { Hostile } from '@/parts/Hostile';
import { signed, whole } from '@/parts/words';
import type { Metric } from '@/wire/types';
import { Series } from './Series';
import { figure, turnOf } from './words';

const turnWords = { better: 'better', worse: 'worse', same: 'unchanged', unknown: '' } as const;

/** A figure that is never alone: what it is of, how sure, what it was, and why it moved. */
export function Vector({ metric: m }: { metric: Metric }) {
  const turn = turnOf(m);
  const value = m.smallN ? undefined : (m.value ?? undefined);
  return (
    <article className="vector">
      <header className="row between" style={{ alignItems: 'baseline' }}>
        <h2>{m.title}</h2>
        <Meaning metric={m} />
      </header>
      <div className="vector-main">
        {value === undefined ? (
          <Tooltip
            label={
              m.smallN ? 'Fewer than five events: the counts are shown, since a rate would mislead.' : 'There is no value in this period.'
            }
          >
            <span className="vector-value small">
              {whole(m.n)}
              <span className="vector-unit"> of {whole(m.d)}</span>
            </span>
          </Tooltip>
        ) : (
          <span className="vector-value">
            {figure(value)}
            <span className="vector-unit"> {m.unit}</span>
          </span>
        )}
        <Change metric={m} />
      </div>
      <dl className="vector-facts">
        <div>
          <dt>{m.median !== null && m.median !== undefined ? 'Over' : 'Count'}</dt>
          <dd>{m.median !== null && m.median !== undefined ? `${whole(m.d)} cases` : `${whole(m.n)} of ${whole(m.d)}`}</dd>
        </div>
        {m.ci && !m.smallN && (
          <div title="95 % confidence interval">
            <dt>95 % between</dt>
            <dd>
              {figure(m.ci[0])} and {figure(m.ci[1])}
            </dd>
          </div>
        )}
        {m.p90 !== null && m.p90 !== undefined && !m.smallN && (
          <div title="Nine of ten are at or below">
            <dt>p90</dt>
            <dd>{figure(m.p90)}</dd>
          </div>
        )}
        <div>
          <dt>Before</dt>
          <dd>
            {m.previous.value !== null && m.previous.value !== undefined
              ? `${figure(m.previous.value)} ${m.unit}`
              : `${whole(m.previous.n)} of ${whole(m.previous.d)}`}
          </dd>
        </div>
      </dl>
      {m.series.length > 1 && <Series metric={m} />}
      <div className="vector-causes">
        {m.causes.length > 0 ? (
          <>
            <div className="label">{turn === 'unknown' ? 'Changes in this time' : 'The change is consistent with'}</div>
            {m.causes.slice(0, 4).map((c, i) => (
              <div key={i} className="row cause">
                <span className="num cause-effect">{c.effect !== null && c.effect !== undefined ? signed(c.effect, 1) : ''}</span>
                <span className="grow">
                  <FactLink seq={c.factSeq}>
                    <Hostile text={c.text} max={200} />
                  </FactLink>
                </span>
              </div>
            ))}
          </>
        ) : (
          <div className="faint">No recorded change in this time that would explain a move.</div>
        )}
      </div>
      <span className={`vector-edge ${turn}`} aria-hidden />
      <span className="sr-only">{turnWords[turn]}</span>
    </article>
  );
}

function Change({ metric: m }: { metric: Metric }) {
  const turn = turnOf(m);
  if (turn === 'unknown') return <span className="faint">{m.smallN ? 'too few for a rate' : 'no earlier value'}</span>;
  const delta = m.delta ?? 0;
  return (
    <span className={`vector-change ${turn}`}>
      {delta > 0 ? '↑' : delta < 0 ? '↓' : '→'} {figure(Math.abs(delta))} {m.unit === '%' ? 'points' : m.unit} {turnWords[turn]}
    </span>
  );
}

function Meaning({ metric: m }: { metric: Metric }) {
  return (
    <Popover width={360} position="bottom-end">
      <Popover.Target>
        <button type="button" className="bare faint" aria-label={`What ${m.title} means`}>
          what is this?
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <dl className="kv">
          <dt>Population</dt>
          <dd>{m.population}</dd>
          <dt>Numerator</dt>
          <dd>{whole(m.n)}</dd>
          <dt>Denominator</dt>
          <dd>{whole(m.d)}</dd>
          <dt>Clock</dt>
          <dd>{m.clock}</dd>
          <dt>Coverage</dt>
          <dd>{m.coverage}</dd>
        </dl>
      </Popover.Dropdown>
    </Popover>
  );
}
