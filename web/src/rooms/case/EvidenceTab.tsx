import { Button, FileButton, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FactLink } from '@/parts/FactLink';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { Answer, EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { actorWord, whole } from '@/parts/words';
import { evidenceAddress, exportAddress, useEvidence, useKeepEvidence, useVerifyEvidence, useWithdrawEvidence } from '@/wire/caseWork';
import type { Exhibit } from '@/wire/workTypes';
import { KeepSearch } from './KeepSearch';
import './work.css';

const size = (bytes: number) =>
  bytes < 1024 ? `${bytes} B` : bytes < 1 << 20 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`;

export function EvidenceTab({ caseId, fromMs }: { caseId: string; fromMs: number }) {
  const evidence = useEvidence(caseId);
  const keep = useKeepEvidence(caseId);
  const [note, setNote] = useState('');
  const [over, setOver] = useState(false);
  const take = (files: readonly File[]) => {
    for (const file of files)
      keep.mutate({ name: file.name, kind: 'file', body: file, note, origin: 'uploaded' }, { onSuccess: () => setNote('') });
  };
  return (
    <Answer of={evidence} what="the evidence">
      {(book) => (
        <div className="work">
          {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button beside it is the first. */}
          <div
            className={`work-add drop${over ? ' over' : ''}`}
            onDragOver={(e) => {
              e.preventDefault();
              setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={(e) => {
              e.preventDefault();
              setOver(false);
              take([...e.dataTransfer.files]);
            }}
          >
            <FileButton onChange={(files) => take(files)} multiple>
              {(props) => (
                <Button {...props} variant="default" loading={keep.isPending}>
                  Keep files
                </Button>
              )}
            </FileButton>
            <TextInput
              className="grow"
              aria-label="Note on what is kept"
              placeholder="Where it is from, who gave it"
              value={note}
              onChange={(e) => setNote(e.currentTarget.value)}
            />
            <span className="faint">
              or drop them here; up to {size(book.bytesMax)} each. Kept by hash, never deleted, never shown as a page.
            </span>
          </div>
          <FindingList findings={findingsOf(keep.error)} />
          <KeepSearch caseId={caseId} fromMs={fromMs} />
          {book.evidence.length > 0 && (
            <div className="row wrap" style={{ gap: 12 }}>
              <Button component="a" size="compact-sm" variant="default" href={exportAddress(caseId)} download>
                Export all, {whole(book.evidence.length)}
              </Button>
              <span className="faint">
                A zip of the bytes, with a manifest of hashes and the chain of custody. The export stands in each chain.
              </span>
            </div>
          )}
          {book.evidence.length === 0 ? (
            <EmptyState title="No evidence yet">
              <p>Keep a file here, an event from the Alerts tab, or a playbook's output.</p>
            </EmptyState>
          ) : (
            book.evidence.map((e) => <Piece key={e.evidenceId} caseId={caseId} piece={e} />)
          )}
        </div>
      )}
    </Answer>
  );
}

const hands: Record<string, string> = {
  kept: 'kept it',
  read: 'took it to read',
  exported: 'exported it',
  verified: 'checked its hash',
  withdrawn: 'withdrew it',
};

function Piece({ caseId, piece }: { caseId: string; piece: Exhibit }) {
  const verify = useVerifyEvidence(caseId);
  const withdraw = useWithdrawEvidence(caseId);
  const [why, setWhy] = useState<string | null>(null);
  return (
    <article className={`panel piece${piece.withdrawn ? ' gone' : ''}${piece.broken ? ' broken' : ''}`} data-evidence={piece.evidenceId}>
      <div className="row wrap" style={{ gap: 12 }}>
        <span className="strong">
          <Hostile text={piece.name} max={120} />
        </span>
        <span className="tag">{piece.kind}</span>
        <span className="faint">{size(piece.bytes)}</span>
        {piece.broken && <span className="bad">Its bytes are not those that were kept</span>}
        {piece.withdrawn && <span className="tag amber">withdrawn</span>}
        <span className="grow" />
        <Button component="a" size="compact-sm" variant="default" href={evidenceAddress(caseId, piece.evidenceId, false)} download>
          Download
        </Button>
        <Button size="compact-sm" variant="default" loading={verify.isPending} onClick={() => verify.mutate(piece.evidenceId)}>
          Check hash
        </Button>
        {!piece.withdrawn && (
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setWhy(why === null ? '' : null)}>
            Withdraw
          </Button>
        )}
      </div>
      <div className="mono faint hash" title="SHA-256 of the bytes as they came in">
        {piece.sha256}
      </div>
      {(piece.note || piece.origin) && (
        <div className="dim">
          <Hostile text={[piece.note, piece.origin].filter(Boolean).join(' · ')} max={300} />
        </div>
      )}
      {why !== null && (
        <form
          className="row"
          onSubmit={(e) => {
            e.preventDefault();
            withdraw.mutate({ evidenceId: piece.evidenceId, why }, { onSuccess: () => setWhy(null) });
          }}
        >
          <TextInput
            className="grow"
            size="xs"
            data-autofocus
            aria-label="Why it no longer counts"
            placeholder="Why it no longer counts. Its bytes stay."
            value={why}
            onChange={(e) => setWhy(e.currentTarget.value)}
          />
          <Button size="compact-sm" type="submit" disabled={!why.trim()} loading={withdraw.isPending}>
            Withdraw it
          </Button>
        </form>
      )}
      <FindingList findings={[...findingsOf(verify.error), ...findingsOf(withdraw.error)]} />
      <details className="custody" open={piece.chain.length < 4}>
        <summary>Chain of custody, {whole(piece.chain.length)}</summary>
        <ol>
          {piece.chain.map((l) => (
            <li key={l.factSeq}>
              <TimeText ms={l.atMs} /> <b>{actorWord(l.actor)}</b> {hands[l.how] ?? l.how}
              {l.text && (
                <span className="dim">
                  : <Hostile text={l.text} max={200} />
                </span>
              )}{' '}
              <FactLink seq={l.factSeq} />
            </li>
          ))}
        </ol>
      </details>
    </article>
  );
}
