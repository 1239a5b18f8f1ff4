import type { SearchState } from '@/parts/searchLink';
import { Answer } from '@/parts/states';
import { useSchema } from '@/wire/getSchema';
import { SavedList } from './SavedList';

/** An empty search page teaches: questions that work, and the tables there are. */
export function SearchStart({ open }: { open: (next: SearchState) => void }) {
  const schema = useSchema();
  return (
    <div className="search-start scroll">
      <section>
        <h2>Questions to begin with</h2>
        <SavedList open={open} />
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
