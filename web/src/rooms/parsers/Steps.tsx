import { Hostile } from '@/parts/Hostile';
import { many } from '@/parts/words';
import type { ParserStep } from '@/wire/types';
import { isLoud, outcomes } from './origins';

const bad = (s: ParserStep) => s.outcome === 'form' || s.outcome === 'failed';

/** The run of the parser over a line, step by step: what each gave, or why it gave nothing. */
export function Steps({ steps, see, mark }: { steps: ParserStep[]; see: (line: number) => void; mark: (lines: number[]) => void }) {
  const ran = steps.filter((s) => s.line > 0);
  const quiet = ran.filter((s) => !isLoud(s));
  if (ran.length === 0) return null;
  const row = (s: ParserStep, i: number) => (
    <Step key={`${s.file}${s.line}${s.part}${i}`} step={s} others={ran.some((r) => r.parser !== s.parser)} see={see} mark={mark} />
  );
  return (
    <section className="stack" aria-label="Steps">
      <h2 className="side-head">
        Steps{' '}
        <span className={ran.some(bad) ? 'up' : 'faint'}>
          {ran.some(bad) ? `${many(ran.filter(bad).length, 'step')} stopped` : `${ran.length - quiet.length} of ${ran.length} matched`}
        </span>
      </h2>
      <ol className="step-list">{ran.filter(isLoud).map(row)}</ol>
      {quiet.length > 0 && (
        <details>
          <summary className="dim">{many(quiet.length, 'step')} gave nothing</summary>
          <ol className="step-list">{quiet.map(row)}</ol>
        </details>
      )}
    </section>
  );
}

function Step({
  step,
  others,
  see,
  mark,
}: {
  step: ParserStep;
  others: boolean;
  see: (line: number) => void;
  mark: (lines: number[]) => void;
}) {
  const own = step.file === '';
  const line = step.patternLine || step.line;
  const on = () => mark(own ? [line] : []);
  const name = `${step.part} ${line}`;
  return (
    <li
      className={bad(step) ? 'bad' : step.outcome === 'gave' || step.outcome === 'read' ? undefined : 'faint'}
      onMouseEnter={on}
      onMouseLeave={() => mark([])}
    >
      {own ? (
        <button
          type="button"
          className="bare link"
          onClick={() => see(line)}
          onFocus={on}
          onBlur={() => mark([])}
          title={`Go to line ${line}`}
        >
          {name}
        </button>
      ) : (
        <span title={step.file}>{name}</span>
      )}
      <div>
        {outcomes[step.outcome]}
        {!own && (
          <span className="faint">
            {' '}
            in <Hostile text={step.file} max={60} />
          </span>
        )}
        {own && others && <span className="faint"> {step.parser}</span>}
        {step.fields.length > 0 && (
          <span className="mono">
            {' '}
            <Hostile text={step.fields.map((f) => f.name).join(', ')} max={300} />
          </span>
        )}
        {step.pattern && (
          <div className="mono dim">
            <Hostile text={step.pattern} max={300} />
          </div>
        )}
      </div>
    </li>
  );
}
