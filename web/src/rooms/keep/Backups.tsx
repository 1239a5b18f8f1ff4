import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Panel } from '@/parts/Panel';
import { Answer, EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { actorWord, bytes, whole } from '@/parts/words';
import { type KeepFact, useCheckStore, useKeepFacts, useTakeBackup } from '@/wire/keeping';

/** Is what is kept whole, and is there a copy of it? */
export function Backups() {
  const facts = useKeepFacts();
  return (
    <div className="keep-scroll stack">
      <Panel title="Check">
        <Check />
      </Panel>
      <Panel title="Backups">
        <Take />
        <Answer of={facts} what="the backups">
          {(all) => <Taken list={all.filter((f) => f.type === 'backup.taken')} />}
        </Answer>
      </Panel>
      <Panel title="Seals of the logs">
        <Answer of={facts} what="the seals">
          {(all) => <Seals list={all.filter((f) => f.type !== 'backup.taken')} />}
        </Answer>
      </Panel>
    </div>
  );
}

function Check() {
  const check = useCheckStore();
  return (
    <div className="stack">
      <div className="row">
        <Button variant="default" loading={check.isPending} onClick={() => check.mutate(undefined)}>
          Check everything now
        </Button>
        <span className="dim">Reads all logs, their seals and the chain of facts, and compares the stored events with their records.</span>
      </div>
      <FindingList findings={findingsOf(check.error)} />
      {check.data && (
        <>
          <p className={check.data.ok ? undefined : 'up'} role="status">
            {check.data.ok ? 'Everything is whole.' : 'Something is not as it was written.'}
          </p>
          <table className="keep-table" aria-label="Checked">
            <tbody>
              {check.data.parts.map((p) => (
                <tr key={p.name}>
                  <td className="strong">{p.name}</td>
                  <td className={p.ok ? undefined : 'up'}>{p.ok ? 'whole' : 'broken'}</td>
                  <td className="dim">{p.detail}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <FindingList findings={check.data.findings} />
        </>
      )}
    </div>
  );
}

function Take() {
  const [place, setPlace] = useState('');
  const take = useTakeBackup();
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault();
        take.mutate({ place });
      }}
    >
      <div className="row" style={{ alignItems: 'flex-end' }}>
        <TextInput
          label="Folder on the server"
          placeholder="/backup/andon"
          required
          value={place}
          onChange={(e) => setPlace(e.currentTarget.value)}
          w={320}
        />
        <Button type="submit" variant="default" loading={take.isPending}>
          Take a backup
        </Button>
      </div>
      <FindingList findings={findingsOf(take.error)} />
      {take.data && (
        <p role="status">
          {take.data.name}: {whole(take.data.events)} events, {whole(take.data.files)} files, {bytes(take.data.bytes)}, of which{' '}
          {bytes(take.data.bytesCopied)} were new.
        </p>
      )}
    </form>
  );
}

function Taken({ list }: { list: KeepFact[] }) {
  if (list.length === 0) {
    return (
      <EmptyState title="No backup was taken">
        <p>A backup is taken while everything runs; the next one copies only what is new.</p>
      </EmptyState>
    );
  }
  return (
    <table className="keep-table" aria-label="Backups">
      <thead>
        <tr>
          <th>Taken</th>
          <th>By</th>
          <th>Place</th>
          <th className="num">Events</th>
          <th className="num">Size</th>
          <th>Manifest</th>
        </tr>
      </thead>
      <tbody>
        {list.map((b) => (
          <tr key={b.seq}>
            <td>
              <TimeText ms={b.atMs} form="ago" />
            </td>
            <td>{actorWord(b.actor)}</td>
            <td className="mono">{b.body.place}</td>
            <td className="num">{whole(Number(b.body.events))}</td>
            <td className="num">{bytes(Number(b.body.bytes))}</td>
            <td className="mono faint">{String(b.body.manifestHash).slice(0, 16)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Seals({ list }: { list: KeepFact[] }) {
  if (list.length === 0) return <p className="dim">No segment is full yet; a full one is sealed by a hash that covers all before it.</p>;
  return (
    <table className="keep-table" aria-label="Seals">
      <thead>
        <tr>
          <th>At</th>
          <th>Log</th>
          <th>What</th>
          <th className="num">Records</th>
          <th className="num">Size</th>
          <th>Hash</th>
        </tr>
      </thead>
      <tbody>
        {list.slice(0, 200).map((s) => (
          <tr key={s.seq}>
            <td>
              <TimeText ms={s.atMs} form="ago" />
            </td>
            <td>{s.body.log}</td>
            <td>{s.type === 'segment.sealed' ? 'sealed' : 'let go'}</td>
            <td className="num">{whole(Number(s.body.next) - Number(s.body.first))}</td>
            <td className="num">{bytes(Number(s.body.bytes))}</td>
            <td className="mono faint">{String(s.body.hash).slice(0, 16)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
