import type { SearchState, TimeRange } from '@/parts/searchLink';
import { Answer } from '@/parts/states';
import { useSchema } from '@/wire/getSchema';

const examples: [string, string][] = [
  ['Failed logins by address', 'Events\n| where event.outcome == "failure"\n| summarize count() by source.ip\n| top 20 by count_'],
  [
    'Who signed in to which host',
    'Events\n| where event.outcome == "success" and isnotempty(user.name)\n| summarize count() by user.name, host.name\n| top 50 by count_',
  ],
  [
    'What a process started',
    'Events\n| where isnotempty(process.command_line)\n| project timestamp, host.name, user.name, process.parent.name, process.command_line\n| take 500',
  ],
  ['Alerts of today by rule', 'Alerts\n| summarize count() by title, level\n| top 50 by count_'],
  ['Kinds of log that arrive', 'Events\n| summarize count() by event.dataset, host.name\n| top 100 by count_'],
];

/** An empty search page teaches: questions that work, and the tables there are. */
export function SearchStart({ run, range }: { run: (next: SearchState) => void; range: TimeRange }) {
  const schema = useSchema();
  return (
    <div className="search-start scroll">
      <section>
        <h2>Questions to begin with</h2>
        {examples.map(([words, kql]) => (
          <button key={words} type="button" className="bare example" onClick={() => run({ mode: 'kql', text: kql, range })}>
            <span className="link">{words}</span>
            <pre className="code faint">{kql}</pre>
          </button>
        ))}
      </section>
      <section>
        <h2>Tables and columns</h2>
        <Answer of={schema} what="the schema">
          {(s) =>
            s.tables.map((t) => (
              <details key={t.name} open={t.name === 'Events'}>
                <summary className="strong">
                  {t.name} <span className="faint">{t.columns.length} columns</span>
                </summary>
                <table className="fields">
                  <tbody>
                    {t.columns.map((c) => (
                      <tr key={c.name}>
                        <td>{c.name}</td>
                        <td>
                          <span className="faint">{c.type} </span>
                          {c.meaning}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </details>
            ))
          }
        </Answer>
      </section>
    </div>
  );
}
