import { Menu } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useSearches } from '@/wire/getSearches';
import { addFilter, kindOf, kqlText } from './kql';
import { toParams, valuesOf } from './searchLink';

export type Filter = (field: string, value: unknown, type: string, not: boolean) => void;

/** What can be done with a value, wherever it stands: keep it, leave it out, ask anew for it, all about it. Items of a menu. */
export function ValueItems({
  field,
  value,
  type = 'string',
  onFilter,
}: {
  field: string;
  value: string;
  type?: string;
  onFilter?: Filter;
}) {
  const go = useNavigate();
  const kind = kindOf(field);
  const about = (useSearches().data ?? []).flatMap((s) => s.parameters.filter((p) => p.entity && p.entity === kind).map((p) => ({ s, p })));
  return (
    <>
      {onFilter && <Menu.Item onClick={() => onFilter(field, value, type, false)}>Keep only this value</Menu.Item>}
      {onFilter && <Menu.Item onClick={() => onFilter(field, value, type, true)}>Leave this value out</Menu.Item>}
      {value !== '' && (
        <>
          <Menu.Item onClick={() => go({ to: '/search', search: { q: addFilter('Events', field, value, type), last: '24h' } })}>
            New search: {field} the same, 24 h
          </Menu.Item>
          <Menu.Item onClick={() => go({ to: '/search', search: { q: `Events\n| where * has ${kqlText(value)}`, last: '24h' } })}>
            New search: this value in any field, 24 h
          </Menu.Item>
          {about.length > 0 && <Menu.Divider />}
          {about.map(({ s, p }) => (
            <Menu.Item
              key={s.searchId}
              onClick={() =>
                go({
                  to: '/search',
                  search: toParams({
                    mode: 'kql',
                    text: '',
                    saved: s.searchId,
                    range: { last: s.range },
                    values: valuesOf(s.parameters, { [p.name]: value }),
                  }),
                })
              }
            >
              {s.name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => navigator.clipboard?.writeText(value)}>Copy</Menu.Item>
        </>
      )}
    </>
  );
}
