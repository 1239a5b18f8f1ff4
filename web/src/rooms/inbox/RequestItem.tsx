import { Button, Textarea } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { TimeText } from '@/parts/TimeText';
import { type RequestAct, useRequestAct } from '@/wire/requests';
import type { RemediationRequest, RequestState } from '@/wire/types';

type Side = 'operations' | 'response' | 'asked' | 'none';
interface Act {
  act: RequestAct;
  words: string;
  /** What the words with it are for; none: it is done at one click. */
  ask?: string;
  key?: 'yes' | 'no';
}

const stateWords: Record<RequestState, string> = {
  open: 'nobody has it yet',
  accepted: 'accepted',
  done: 'done, being checked',
  verified: 'verified',
  refused: 'refused',
  withdrawn: 'withdrawn',
};

const actsOf = (r: RemediationRequest, side: Side): Act[] => {
  const refuse: Act = { act: 'refuse', words: 'Refuse …', ask: 'Why it cannot be done so, and what could be done instead', key: 'no' };
  const done: Act = { act: 'done', words: 'Done …', ask: 'How one sees that it was done: a ticket, a setting, a line of a log' };
  if (side === 'operations' && r.state === 'open') return [{ act: 'accept', words: 'Accept', key: 'yes' }, done, refuse];
  if (side === 'operations') return [{ ...done, key: 'yes' }, refuse];
  if (side === 'response')
    return [
      { act: 'verify', words: 'It holds …', ask: 'What you looked at', key: 'yes' },
      { act: 'return', words: 'Send back …', ask: 'What is not as asked', key: 'no' },
    ];
  if (side === 'asked') return [{ act: 'withdraw', words: 'Withdraw …', ask: 'Why it is no longer wanted', key: 'no' }];
  return [];
};

/** One request: what, where, why, by when; its check; and what this side may answer. */
export function RequestItem({ request: r, side }: { request: RemediationRequest; side: Side }) {
  const run = useRequestAct();
  const [open, setOpen] = useState<Act | null>(null);
  const [text, setText] = useState('');
  const send = (act: RequestAct, words: string) =>
    run.mutate(
      { requestId: r.requestId, act, text: words },
      {
        onSuccess: () => {
          setOpen(null);
          setText('');
        },
      },
    );
  const last = r.moves.at(-1);
  return (
    <article className="item" data-item data-request={r.requestId} tabIndex={-1}>
      <div className="item-line">
        <span className="faint">{r.requestId}</span>
        <span className={`tag req-${r.state}`}>{stateWords[r.state]}</span>
        {r.samePerson && (
          <span className="tag amber" title="The one who did it also verified it or closed the case.">
            same person
          </span>
        )}
        <span className="grow" />
        {r.state !== 'verified' && (
          <span className={r.late ? 'late' : 'dim'}>
            {r.late ? 'late since ' : 'by '}
            <TimeText ms={r.dueMs} form={r.late ? 'since' : 'full'} />
          </span>
        )}
      </div>
      <div className="item-what strong">
        <Hostile text={r.what} max={500} />
      </div>
      <dl className="kv">
        <dt>Where</dt>
        <dd className="mono">
          <Hostile text={r.where.join(', ')} max={600} />
        </dd>
        <dt>Why</dt>
        <dd>
          <Hostile text={r.why} max={2000} lines />
        </dd>
        <dt>Check</dt>
        <dd>
          <Hostile text={r.checkText} max={400} />
          {r.look && <span className="dim"> · now: {r.look}</span>}
        </dd>
        <dt>Asked by</dt>
        <dd>
          {r.by}, <TimeText ms={r.atMs} form="ago" />
          {r.acceptedBy && <> · taken by {r.acceptedBy}</>}
          {r.doneBy && <> · done by {r.doneBy}</>}
          {r.verifiedBy && <> · verified by {r.verifiedBy}</>}
          {r.caseId && (
            <>
              {' · '}
              <Link to="/cases/$caseId" params={{ caseId: r.caseId }} className="link" data-open>
                case #{r.caseNumber}
              </Link>
            </>
          )}
        </dd>
      </dl>
      {last?.text && last.what !== 'asked' && (
        <div className={`item-last${last.what === 'failed' || last.what === 'returned' ? ' late' : ''}`}>
          <b>
            {last.by} {last.what}
          </b>
          : <Hostile text={last.text} max={600} />
        </div>
      )}
      {open?.ask && (
        <form
          className="stack"
          onSubmit={(e) => {
            e.preventDefault();
            send(open.act, text.trim());
          }}
        >
          <Textarea
            label={open.ask}
            autosize
            minRows={2}
            autoFocus
            value={text}
            onChange={(e) => setText(e.currentTarget.value)}
            onKeyDown={(e) => {
              if ((e.ctrlKey || e.metaKey) && e.key === 'Enter') send(open.act, text.trim());
              if (e.key === 'Escape') setOpen(null);
            }}
          />
          <div className="row">
            <Button type="submit" loading={run.isPending}>
              {open.words.replace(' …', '')}
            </Button>
            <Button variant="default" onClick={() => setOpen(null)}>
              Leave it
            </Button>
          </div>
        </form>
      )}
      <FindingList findings={findingsOf(run.error)} />
      {!open && (
        <div className="item-acts">
          {actsOf(r, side).map((a) => (
            <Button
              key={a.act}
              variant={a.key === 'yes' ? 'filled' : 'default'}
              loading={run.isPending && run.variables?.act === a.act}
              onClick={() => (a.ask ? setOpen(a) : send(a.act, ''))}
              {...(a.key ? { [`data-${a.key}`]: true } : {})}
            >
              {a.words}
              {a.key && <span className="kbd item-key">{a.key === 'yes' ? 'y' : 'n'}</span>}
            </Button>
          ))}
        </div>
      )}
    </article>
  );
}
