import { Button, Modal, SegmentedControl, Tabs } from '@mantine/core';
import { useState } from 'react';
import { Answer } from '@/parts/states';
import { many } from '@/parts/words';
import { useAssets } from '@/wire/getAssets';
import { useWindows } from '@/wire/getWindows';
import { Assets } from './Assets';
import './exposure.css';
import { UploadForms } from './UploadForms';
import { Windows } from './Windows';

export default function ExposurePage() {
  const windows = useWindows();
  const assets = useAssets();
  const [tab, setTab] = useState<string | null>('windows');
  const [which, setWhich] = useState('open');
  const [sending, setSending] = useState(false);
  const open = windows.data?.windows.filter((w) => !w.closedMs) ?? [];
  return (
    <div className="page">
      <header className="page-head">
        <h1>Exposure</h1>
        {windows.data && (
          <span className="dim">
            {many(open.length, 'open window')}, {open.filter((w) => w.kev).length} of them known to be exploited
          </span>
        )}
        <div className="grow" />
        <Button variant="default" onClick={() => setSending(true)}>
          Send inventory, scan or KEV
        </Button>
      </header>
      <Tabs value={tab} onChange={setTab} px={18}>
        <Tabs.List>
          <Tabs.Tab value="windows">
            Windows <span className="faint">{open.length} open</span>
          </Tabs.Tab>
          <Tabs.Tab value="assets">
            Assets <span className="faint">{assets.data?.assets.length}</span>
          </Tabs.Tab>
          {tab === 'windows' && (
            <SegmentedControl
              style={{ marginLeft: 'auto', alignSelf: 'center' }}
              value={which}
              onChange={setWhich}
              data={[
                { value: 'open', label: 'Open' },
                { value: 'all', label: 'With closed' },
              ]}
            />
          )}
        </Tabs.List>
      </Tabs>
      <div className="grow" style={{ minHeight: 0 }}>
        {tab === 'windows' ? (
          <Answer of={windows} what="the windows">
            {(w) => <Windows list={which === 'open' ? w.windows.filter((x) => !x.closedMs) : w.windows} />}
          </Answer>
        ) : (
          <Answer of={assets} what="the assets">
            {(a) => <Assets list={a.assets} />}
          </Answer>
        )}
      </div>
      <Modal opened={sending} onClose={() => setSending(false)} title="Send inventory, scan or KEV" size={560}>
        <UploadForms assets={assets.data?.assets ?? []} />
      </Modal>
    </div>
  );
}
