import { Popover, Tooltip } from '@mantine/core';
import { FactLink } from '@/parts/FactLink';
import { Hostile } from '@/parts/Hostile';
import { signed, whole } from '@/parts/words';
import type { Metric } from '@/wire/types';
import { Series } from './Series';
import { countText, deltaText, isShared, nothingText, turnOf, valueText } from './words';

const turnWords = { better: 'better', worse: 'worse', same: 'unchanged', moved: '', unknown: '' } as const;

/** A figure that is never alone: what it is of, how sure, what it was, and why it moved. */
export function Vector({ metric: m }: { metric: Metric }) {
  const turn = turnOf(m);
  const nothing = m.d === 0 && m.previous.d === 0;
  return (
    <article className={`vector${nothing ? ' quiet' : ''}`} data-key={m.key}>
      <header className="row between" style={{ alignItems: 'baseline' }}>
        <h2>{m.title}</h2>
        <Meaning metric={m} />
      </header>
      <div className="vector-main">
        <Value metric={m} />
        {nothing ? <span className="faint">{nothingText(m)}</span> : <Change metric={m} />}
      </div>
      {!nothing && <Facts metric={m} />}
      {m.series.filter((s) => s.value !== null && s.value !== undefined).length > 1 && <Series metric={m} />}
      <Causes metric={m} />
      <span className={`vector-edge ${turn}`} aria-hidden />
      <span className="sr-only">{turnWords[turn]}</span>
    </article>
  );
}

function Value({ metric: m }: { metric: Metric }) {
  const value = m.smallN ? undefined : (m.value ?? undefined);
  if (value !== undefined) return <span className="vector-value">{valueText(m.unit, value)}</span>;
  return (
    <Tooltip label={m.smallN ? 'Fewer than five: the counts are shown, since a rate would mislead.' : 'There is no value in this period.'}>
      <span className="vector-value small">{countText(m.n, m.d, m.unit)}</span>
    </Tooltip>
  );
}

function Facts({ metric: m }: { metric: Metric }) {
  const given = (v: number | null | undefined): v is number => v !== null && v !== undefined;
  return (
    <dl className="vector-facts">
      {given(m.value) && !m.smallN && (
        <div>
          <dt>Count</dt>
          <dd>{countText(m.n, m.d, m.unit)}</dd>
        </div>
      )}
      {m.ci?.length === 2 && !m.smallN && (
        <div title="95 % confidence interval">
          <dt>95 % between</dt>
          <dd>
            {valueText(m.unit, m.ci[0] ?? 0)} and {valueText(m.unit, m.ci[1] ?? 0)}
          </dd>
        </div>
      )}
      {given(m.p90) && !m.smallN && (
        <div title="Nine of ten are at or below">
          <dt>p90</dt>
          <dd>{valueText(m.unit, m.p90)}</dd>
        </div>
      )}
      <div>
        <dt>Before</dt>
        <dd>{given(m.previous.value) ? valueText(m.unit, m.previous.value) : countText(m.previous.n, m.previous.d, m.unit)}</dd>
      </div>
    </dl>
  );
}

/** Causes that the arithmetic gives a part of the change to. Changes that only fit in time are told once, below all measures. */
function Causes({ metric: m }: { metric: Metric }) {
  const own = m.causes.filter((c) => !isShared(c.text));
  if (own.length === 0) return null;
  return (
    <div className="vector-causes">
      <div className="label">What the change is made of</div>
      {own.slice(0, 5).map((c) => (
        <div key={c.text} className="row cause">
          {c.effect !== null && c.effect !== undefined && (
            <span className="num cause-effect">
              {m.unit === 'share' ? signed(c.effect * 100, 1) : `${c.effect < 0 ? '−' : '+'}${deltaText(m.unit, c.effect)}`}
            </span>
          )}
          <span className="grow">
            <FactLink seq={c.factSeq}>
              <Hostile text={c.text} max={300} />
            </FactLink>
          </span>
        </div>
      ))}
    </div>
  );
}

function Change({ metric: m }: { metric: Metric }) {
  const turn = turnOf(m);
  if (turn === 'unknown') {
    if (!m.smallN) return <span className="faint">no earlier value</span>;
    return <span className="faint">{m.unit === 'ms' ? 'too few for a median' : 'too few for a rate'}</span>;
  }
  const delta = m.delta ?? 0;
  return (
    <span className={`vector-change ${turn}`}>
      {delta > 0 ? '↑' : delta < 0 ? '↓' : '→'} {deltaText(m.unit, delta)} {turnWords[turn]}
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
          <dt>Interval</dt>
          <dd>{m.ciMethod}</dd>
          <dt>Clock</dt>
          <dd>{m.clock}</dd>
          <dt>Coverage</dt>
          <dd>{m.coverage}</dd>
        </dl>
      </Popover.Dropdown>
    </Popover>
  );
}
