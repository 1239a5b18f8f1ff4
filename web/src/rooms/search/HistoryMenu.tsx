import { ActionIcon, Menu } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useState } from 'react';
import { Hostile } from '@/parts/Hostile';
import type { SearchState } from '@/parts/searchLink';
import { ago } from '@/parts/time';
import { whole } from '@/parts/words';
import { useForgetHistory, useHistory } from '@/wire/searchHistory';

/** One's own earlier searches, kept by the server for oneself alone. */
export function HistoryMenu({ choose }: { choose: (past: Pick<SearchState, 'mode' | 'text' | 'values'>) => void }) {
  const [opened, setOpened] = useState(false);
  const history = useHistory(opened);
  const forget = useForgetHistory();
  // The order that the page itself puts behind a query that says nothing of it is no part of what one wrote.
  const list = (history.data ?? []).map((p) => ({ ...p, kql: p.kql.replace(/\n\| sort by timestamp desc$/, '') }));
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end" width={560}>
      <Menu.Target>
        <ActionIcon aria-label="Earlier searches" title="Your earlier searches; nobody else sees them">
          <IconHistory size={16} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflow: 'auto' }}>
        {list.length === 0 && <Menu.Label>{history.isPending ? 'Loading your searches …' : 'You have not searched yet.'}</Menu.Label>}
        {list.map((p) => (
          <Menu.Item
            key={`${p.atMs}${p.kql}`}
            onClick={() => choose({ mode: p.box ? 'box' : 'kql', text: p.box ?? p.kql, values: p.values ?? undefined })}
            rightSection={
              <span className="faint nowrap">
                {whole(p.rows)} rows · {ago(p.atMs, Date.now())}
              </span>
            }
          >
            <span className="mono cut" style={{ display: 'block', maxWidth: 380 }}>
              <Hostile text={(p.box ?? p.kql).replaceAll('\n', ' ')} max={140} />
            </span>
          </Menu.Item>
        ))}
        {list.length > 0 && (
          <>
            <Menu.Divider />
            <Menu.Item color="gray" onClick={() => forget.mutate()}>
              Forget all of them
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
