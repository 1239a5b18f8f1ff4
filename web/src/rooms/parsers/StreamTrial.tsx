import { Button } from '@mantine/core';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { utc } from '@/parts/time';
import { many, short, whole } from '@/parts/words';
import { useTryParser } from '@/wire/tryParser';
import type { ParserStreamTrial } from '@/wire/types';

/** Before a text is used: what it would change in a sample of everything that came, not only in the lines above. */
export function StreamTrial({ text, bad }: { text: string; bad: boolean }) {
  const trial = useTryParser();
  const old = trial.data && trial.variables !== text;
  return (
    <section className="stack stream-trial" aria-label="On the stream">
      <div className="row">
        <h2 className="side-head grow">
          On the stream <span className="faint">{trial.data ? '' : 'what this text would change in the records that came'}</span>
        </h2>
        <Button variant="default" loading={trial.isPending} disabled={bad} onClick={() => trial.mutate(text)}>
          {trial.data ? 'Try again' : 'Try on the stream'}
        </Button>
      </div>
      <FindingList findings={[...findingsOf(trial.error), ...(trial.data?.parser ? [] : (trial.data?.findings ?? []))]} />
      {trial.data?.parser && (
        <div style={{ opacity: old ? 0.55 : 1 }}>
          {old && <p className="up">The text has changed since; these are the figures of the text before.</p>}
          <Figures of={trial.data} />
        </div>
      )}
    </section>
  );
}

function Figures({ of: t }: { of: ParserStreamTrial }) {
  if (t.looked === 0) return <p className="dim">No record came yet, so there is nothing to try it on.</p>;
  return (
    <div className="stack">
      <p className="dim" role="status">
        {t.looked === t.held
          ? `All ${many(t.held, 'record')}`
          : `${whole(t.looked)} of ${short(t.held)} records, spread evenly over the log`}
        , arrived {utc(t.fromMs)} to {utc(t.toMs)}.
      </p>
      {t.readNow + t.readThen === 0 ? (
        <p className="dim">None of them is read by this parser, neither as it is nor as it would be.</p>
      ) : (
        <dl className="kv">
          <dt>Reads</dt>
          <dd>
            {whole(t.readNow)} now, {whole(t.readThen)} then
            {t.taken > 0 && `; ${whole(t.taken)} newly`}
            {t.left > 0 && <span className="up">; {whole(t.left)} no longer</span>}
          </dd>
          <dt>With findings</dt>
          <dd className={t.flawedThen > t.flawedNow ? 'up' : t.flawedThen < t.flawedNow ? 'down' : undefined}>
            {whole(t.flawedNow)} now, {whole(t.flawedThen)} then
          </dd>
          <dt>Other fields</dt>
          <dd>{t.changed === 0 ? 'in none: every field stays as it is' : `in ${many(t.changed, 'record')}`}</dd>
        </dl>
      )}
      {t.fields.length > 0 && (
        <table className="plain-table">
          <thead>
            <tr>
              <th>Field</th>
              <th className="num">New in</th>
              <th className="num">Gone from</th>
              <th className="num">Other value in</th>
            </tr>
          </thead>
          <tbody>
            {t.fields.slice(0, 40).map((f) => (
              <tr key={f.field}>
                <td className="mono">
                  <Hostile text={f.field} max={60} />
                </td>
                <Count n={f.gained} />
                <Count n={f.lost} wrong />
                <Count n={f.other} />
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {t.fields.length > 40 && <p className="faint">and {t.fields.length - 40} more fields</p>}
      {t.lines.map((l, i) => (
        <details key={i} className="case-run">
          <summary>
            <span className="faint">{many(l.changed.length, 'field')}</span>{' '}
            <span className="mono">
              <Hostile text={l.raw} max={110} />
            </span>
          </summary>
          <pre className="code wraps">
            <Hostile text={l.raw} lines />
          </pre>
          <table className="plain-table">
            <thead>
              <tr>
                <th>Field</th>
                <th>Now</th>
                <th>Then</th>
              </tr>
            </thead>
            <tbody>
              {l.changed.map((f) => (
                <tr key={f}>
                  <td className="mono">
                    <Hostile text={f} max={60} />
                  </td>
                  <Value of={l.before[f]} />
                  <Value of={l.after[f]} />
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      ))}
    </div>
  );
}

const Count = ({ n, wrong }: { n: number; wrong?: boolean }) => (
  <td className={n === 0 ? 'num faint' : wrong ? 'num up' : 'num'}>{whole(n)}</td>
);

const Value = ({ of }: { of: string[] | undefined }) => (
  <td className="mono">{of ? <Hostile text={of.join(', ')} max={300} /> : <span className="faint">–</span>}</td>
);
