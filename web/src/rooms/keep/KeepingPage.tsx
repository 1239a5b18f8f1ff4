import { Tabs } from '@mantine/core';
import { useState } from 'react';
import { Answer } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { many } from '@/parts/words';
import { useRetention } from '@/wire/keeping';
import { useRunning } from '@/wire/runningSearches';
import { Backups } from './Backups';
import { Classes } from './Classes';
import { Deletions } from './Deletions';
import { Holds } from './Holds';
import './keep.css';
import { Running } from './Running';
import { SourceDaysTable } from './SourceDaysTable';

/** What is kept, for how long, what must not go, what went, and whether it is whole. */
export default function KeepingPage() {
  const retention = useRetention();
  const running = useRunning();
  const [tab, setTab] = useState<string | null>('sources');
  const now = retention.data;
  return (
    <div className="page">
      <header className="page-head">
        <h1>Keeping</h1>
        {now && (
          <span className="dim">
            {many(now.holds.length, 'legal hold')}
            {now.recordsFromMs ? (
              <>
                {', raw records can be read anew since '}
                <TimeText ms={now.recordsFromMs} form="ago" />
              </>
            ) : (
              ', no raw record is kept'
            )}
            {now.busy && `, ${now.busy} runs now`}
          </span>
        )}
      </header>
      <Tabs value={tab} onChange={setTab} px={18}>
        <Tabs.List>
          <Tabs.Tab value="sources">Searchable days</Tabs.Tab>
          <Tabs.Tab value="classes">Classes {now && <span className="faint">{now.classes.length}</span>}</Tabs.Tab>
          <Tabs.Tab value="holds">Holds {now && <span className="faint">{now.holds.length}</span>}</Tabs.Tab>
          <Tabs.Tab value="deletions">Deletions {now && <span className="faint">{now.deletions.length}</span>}</Tabs.Tab>
          <Tabs.Tab value="whole">Backups and check</Tabs.Tab>
          <Tabs.Tab value="running">Running searches {running.data && <span className="faint">{running.data.length}</span>}</Tabs.Tab>
        </Tabs.List>
      </Tabs>
      <div className="keep-body">
        {tab === 'running' && <Running />}
        {tab === 'whole' && <Backups />}
        {tab !== 'running' && tab !== 'whole' && (
          <Answer of={retention} what="what is kept">
            {(r) =>
              tab === 'sources' ? (
                <SourceDaysTable list={r.sources} />
              ) : tab === 'classes' ? (
                <Classes list={r.classes} sources={r.sources} />
              ) : tab === 'holds' ? (
                <Holds list={r.holds} />
              ) : (
                <Deletions list={r.deletions} />
              )
            }
          </Answer>
        )}
      </div>
    </div>
  );
}
