import { Menu } from '@mantine/core';
import type { Fields } from '@/wire/types';
import { Hostile } from './Hostile';
import { ValueItems } from './ValueItems';
import './parts.css';

interface Props {
  raw: string;
  rawIsUtf8?: boolean;
  fields: Fields;
  /** Given by the search page, where a value can also narrow the present query. */
  onFilter?: (field: string, value: string, not: boolean) => void;
}

/** What came in, and what we made of it, side by side. */
export function RawParsed({ raw, rawIsUtf8 = true, fields, onFilter }: Props) {
  const names = Object.keys(fields).sort();
  return (
    <div className="rawparsed-box">
      <div className="rawparsed">
        <section aria-label="Raw record">
          <div className="label">Raw, as received{rawIsUtf8 ? '' : ' · not UTF-8: bytes that are no text show as BAD'}</div>
          {raw === '' ? (
            <p className="faint">Not shown: it is masked to you, or the record log no longer holds it.</p>
          ) : (
            <pre>
              <Hostile text={raw} lines />
            </pre>
          )}
        </section>
        <section aria-label="Parsed fields">
          <div className="label">Parsed · {names.length} fields</div>
          <div className="fields-box">
            <table className="fields">
              <tbody>
                {names.map((name) => (
                  <tr key={name}>
                    <td>
                      <Hostile text={name} max={80} />
                    </td>
                    <td>
                      {(fields[name] ?? []).map((value, i) => (
                        <span key={i}>
                          {i > 0 && <span className="faint">, </span>}
                          <Value field={name} value={value} onFilter={onFilter} />
                        </span>
                      ))}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      </div>
    </div>
  );
}

function Value({ field, value, onFilter }: { field: string; value: string; onFilter?: Props['onFilter'] }) {
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <button type="button" className="bare value" title="Filter or search by this value">
          <Hostile text={value} max={2000} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <ValueItems field={field} value={value} onFilter={onFilter && ((f, v, _type, not) => onFilter(f, String(v), not))} />
      </Menu.Dropdown>
    </Menu>
  );
}
