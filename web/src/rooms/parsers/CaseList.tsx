import { Hostile } from '@/parts/Hostile';
import { many } from '@/parts/words';
import type { ParserCase } from '@/wire/types';

/** The cases beside the parser, run with the text as it stands; red ones first. */
export function CaseList({ cases }: { cases: ParserCase[] }) {
  const red = cases.filter((c) => !c.green);
  return (
    <section aria-label="Cases" className="stack">
      <h2 className="side-head">
        Cases{' '}
        <span className="faint">
          {cases.length === 0
            ? 'none: write cases in the text, each a raw record and what it must give'
            : `${cases.length - red.length} green`}
        </span>
        {red.length > 0 && <span className="up"> {red.length} red</span>}
      </h2>
      {[...red, ...cases.filter((c) => c.green)].slice(0, 60).map((c) => (
        <details key={c.place} className={`case-run ${c.green ? 'green' : 'red'}`}>
          <summary>
            <span className={c.green ? 'down' : 'up'}>{c.green ? '✓ green' : '✗ red'}</span> <span className="faint mono">{c.place}</span>{' '}
            <span className="mono">
              <Hostile text={c.raw} max={110} />
            </span>
          </summary>
          <pre className="code wraps">
            <Hostile text={c.raw} lines />
          </pre>
          {c.wrong.length > 0 && (
            <table className="plain-table">
              <thead>
                <tr>
                  <th>{many(c.wrong.length, 'field')}</th>
                  <th>Expected</th>
                  <th>Given</th>
                </tr>
              </thead>
              <tbody>
                {c.wrong.map((d) => (
                  <tr key={d.field}>
                    <td className="mono">
                      <Hostile text={d.field} max={60} />
                    </td>
                    <td className="mono down">
                      {d.expected.length === 0 ? (
                        <span className="faint">nothing</span>
                      ) : (
                        <Hostile text={d.expected.join(', ')} max={200} />
                      )}
                    </td>
                    <td className="mono up">
                      {d.given.length === 0 ? <span className="faint">nothing</span> : <Hostile text={d.given.join(', ')} max={200} />}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </details>
      ))}
    </section>
  );
}
