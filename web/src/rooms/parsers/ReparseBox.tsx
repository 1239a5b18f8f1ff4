import { Button, Modal, NumberInput, Progress, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { useMay } from '@/parts/OnlyFor';
import { whole } from '@/parts/words';
import { useBeginReparse } from '@/wire/beginReparse';
import { useReparse } from '@/wire/getReparse';

/** Stored raw records, read again by the parsers of now. */
export function ReparseBox() {
  const [opened, setOpened] = useState(false);
  const [lastHours, setLastHours] = useState<number | string>(24);
  const [why, setWhy] = useState('');
  const begin = useBeginReparse();
  const now = useReparse().data;
  const running = now?.state === 'running';
  const may = useMay('Operations');
  const share = now && now.toRecord > now.fromRecord ? (now.atRecord - now.fromRecord) / (now.toRecord - now.fromRecord) : 0;
  if (!may && !running) return null;
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        {running ? `Reading anew, ${Math.floor(100 * share)} %` : 'Read anew …'}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Read stored records anew" size={520}>
        <form
          className="stack"
          style={{ gap: 12 }}
          onSubmit={(e) => {
            e.preventDefault();
            const toMs = Date.now();
            begin.mutate({ fromMs: toMs - Number(lastHours) * 3_600_000, toMs, why });
          }}
        >
          <div className="dim">
            The raw bytes of that time are read by the parsers of now, and take the place of the events made before. Rules do not run over
            them again.
          </div>
          <NumberInput label="Arrived in the last hours" value={lastHours} onChange={setLastHours} min={1} max={24 * 400} />
          <TextInput label="Reason" value={why} onChange={(e) => setWhy(e.currentTarget.value)} data-autofocus />
          <div>
            <Button type="submit" disabled={!may || !why.trim() || running} loading={begin.isPending}>
              Read anew
            </Button>
          </div>
          <FindingList findings={findingsOf(begin.error)} />
          {now && (
            <div className="stack" role="status">
              <Progress value={now.state === 'done' ? 100 : 100 * share} aria-label="Read so far" />
              <div className="dim">
                {now.state}: record {whole(now.atRecord)} of {whole(now.fromRecord)} to {whole(now.toRecord)}, {whole(now.events)} events
                made.
              </div>
            </div>
          )}
        </form>
      </Modal>
    </>
  );
}
