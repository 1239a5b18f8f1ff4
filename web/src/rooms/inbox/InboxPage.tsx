import { Button } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Hostile } from '@/parts/Hostile';
import { Answer, EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { typing } from '@/parts/typing';
import { many } from '@/parts/words';
import { useInbox, useReadMention } from '@/wire/getInbox';
import type { Inbox } from '@/wire/types';
import './inbox.css';
import { RequestItem } from './RequestItem';

export default function InboxPage() {
  const inbox = useInbox();
  return (
    <Answer of={inbox} what="your inbox">
      {(i) => <Inside inbox={i} />}
    </Answer>
  );
}

function Inside({ inbox }: { inbox: Inbox }) {
  const list = useInboxKeys();
  const read = useReadMention();
  const urgent = inbox.toDo.length + inbox.toValidate.length + inbox.steps.length + inbox.mentions.length + inbox.clocks.length;
  const empty = urgent + inbox.asked.length + inbox.settled.length === 0;
  return (
    <div className="page inbox">
      <header className="page-head">
        <h1>Inbox</h1>
        <span className="dim">
          {urgent === 0 ? 'Nothing waits for you' : `${many(urgent, 'thing')} ${urgent === 1 ? 'waits' : 'wait'} for you`}
        </span>
      </header>
      <div ref={list} className="page-body scroll">
        {empty ? (
          <EmptyState title="Nothing waits for you" icon={IconInbox}>
            <p>
              {inbox.mayOperate && 'Requests for changes come here when Response asks for them. '}
              {inbox.mayRespond &&
                'Steps of playbooks, notes that name you with @, requests to validate and dates that are near come here. '}
              {!inbox.mayOperate && !inbox.mayRespond && 'Notes that name you with @ come here.'}
            </p>
          </EmptyState>
        ) : (
          <div className="inbox-parts">
            <Part title="To do" of={inbox.toDo} meaning="What Response asks you to change.">
              {(r) => <RequestItem key={r.requestId} request={r} side="operations" />}
            </Part>
            <Part title="To validate" of={inbox.toValidate} meaning="Said to be done. Look whether it holds; done is not closed.">
              {(r) => <RequestItem key={r.requestId} request={r} side="response" />}
            </Part>
            <Part title="Steps and approvals" of={inbox.steps} meaning="Playbooks that wait for a person.">
              {(s) => (
                <article key={`${s.runId}${s.stepId}`} className="item" data-item tabIndex={-1}>
                  <div className="item-what">
                    <Hostile text={s.prompt} max={300} />
                  </div>
                  <div className="item-line">
                    {s.caseId && (
                      <Link
                        to="/cases/$caseId"
                        params={{ caseId: s.caseId }}
                        search={{ tab: 'playbooks', run: s.runId }}
                        className="link"
                        data-open
                        data-yes
                      >
                        #{s.caseNumber} <Hostile text={s.title ?? ''} max={80} />
                      </Link>
                    )}
                    <span className="faint">
                      waits for <TimeText ms={s.atMs} form="since" />
                    </span>
                  </div>
                </article>
              )}
            </Part>
            <Part title="Mentions" of={inbox.mentions} meaning="Notes that name you.">
              {(m) => (
                <article key={m.noteSeq} className="item" data-item tabIndex={-1}>
                  <div className="item-what">
                    <b>{m.by}</b>: <Hostile text={m.text} max={500} />
                  </div>
                  <div className="item-line">
                    <Link to="/cases/$caseId" params={{ caseId: m.caseId }} search={{ tab: 'notes' }} className="link" data-open>
                      #{m.caseNumber} <Hostile text={m.title} max={80} />
                    </Link>
                    <span className="faint">
                      <TimeText ms={m.atMs} form="ago" />
                    </span>
                    <Button
                      variant="default"
                      data-yes
                      loading={read.isPending && read.variables === m.noteSeq}
                      onClick={() => read.mutate(m.noteSeq)}
                    >
                      Read
                    </Button>
                  </div>
                </article>
              )}
            </Part>
            <Part title="Clocks" of={inbox.clocks} meaning="Dates less than a day away, and those past.">
              {(c) => (
                <article key={`${c.kind}${c.caseId}${c.requestId}`} className="item" data-item tabIndex={-1}>
                  <div className="item-line">
                    <span className={c.late ? 'late' : 'near'}>
                      {c.late ? 'late since ' : 'due '}
                      <TimeText ms={c.dueMs} form={c.late ? 'since' : 'full'} />
                    </span>
                    {c.requestId && <span className="faint">request {c.requestId}</span>}
                    {c.caseId && (
                      <Link to="/cases/$caseId" params={{ caseId: c.caseId }} className="link" data-open data-yes>
                        #{c.caseNumber} <Hostile text={c.title} max={100} />
                      </Link>
                    )}
                  </div>
                </article>
              )}
            </Part>
            <Part title="You asked for" of={inbox.asked} meaning="With Operations now; the time there is not yours.">
              {(r) => <RequestItem key={r.requestId} request={r} side="asked" />}
            </Part>
            <Part title="You did" of={inbox.settled} meaning="Done by you, with what became of it.">
              {(r) => <RequestItem key={r.requestId} request={r} side="none" />}
            </Part>
          </div>
        )}
      </div>
    </div>
  );
}

function Part<T>({ title, meaning, of, children }: { title: string; meaning: string; of: T[]; children: (item: T) => React.ReactNode }) {
  if (of.length === 0) return null;
  return (
    <section className="inbox-part" aria-label={title}>
      <h2>
        {title} <span className="faint">{of.length}</span>
      </h2>
      <p className="faint">{meaning}</p>
      {of.map(children)}
    </section>
  );
}

/** j and k walk the items, y and n are their answers, Enter opens the case. */
function useInboxKeys() {
  const list = useRef<HTMLDivElement>(null);
  const go = useNavigate();
  const [at, setAt] = useState(-1);
  const now = useRef(at);
  now.current = at;
  useEffect(() => {
    const on = (e: KeyboardEvent) => {
      if (typing(e) || document.querySelector('[role=dialog]')) return;
      const items = [...(list.current?.querySelectorAll<HTMLElement>('[data-item]') ?? [])];
      const here = items.findIndex((i) => i.contains(document.activeElement));
      const from = here >= 0 ? here : now.current;
      const show = (i: number) => {
        const next = Math.max(0, Math.min(items.length - 1, i));
        setAt(next);
        items[next]?.focus();
        items[next]?.scrollIntoView({ block: 'nearest' });
      };
      const press = (what: string) => items[from]?.querySelector<HTMLElement>(`[data-${what}]`)?.click();
      if (e.key === 'j' || e.key === 'ArrowDown') show(from + 1);
      else if (e.key === 'k' || e.key === 'ArrowUp') show(from - 1);
      else if (e.key === 'y') press('yes');
      else if (e.key === 'n') press('no');
      else if (e.key === 'Enter' && document.activeElement === items[from]) press('open');
      else if (e.key === 'u') void go({ to: '/board' });
      else return;
      e.preventDefault();
    };
    window.addEventListener('keydown', on);
    return () => window.removeEventListener('keydown', on);
  }, [go]);
  return list;
}
