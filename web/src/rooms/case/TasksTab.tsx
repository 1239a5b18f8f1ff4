import { Button, Checkbox, Menu, Textarea, TextInput } from '@mantine/core';
import { Fragment, useMemo, useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { Answer, EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { actorWord, many } from '@/parts/words';
import { useAddTasks, useChangeTask, useLogTask, useMoveTasks, useTasks } from '@/wire/caseWork';
import type { CaseTask, CaseTasks, TaskStep } from '@/wire/workTypes';
import './work.css';

const stepWords: Record<TaskStep, string> = { open: 'open', doing: 'doing', done: 'done', dropped: 'dropped' };

export function TasksTab({ caseId }: { caseId: string }) {
  const tasks = useTasks(caseId);
  return (
    <Answer of={tasks} what="the tasks">
      {(book) => <Inside caseId={caseId} book={book} />}
    </Answer>
  );
}

function Inside({ caseId, book }: { caseId: string; book: CaseTasks }) {
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const [open, show] = useState<string | null>(null);
  const [why, setWhy] = useState('');
  const move = useMoveTasks(caseId);
  const groups = useMemo(() => [...new Set(book.tasks.map((t) => t.group))], [book.tasks]);
  const toggle = (ids: string[], on: boolean) => {
    const next = new Set(chosen);
    for (const id of ids) on ? next.add(id) : next.delete(id);
    choose(next);
  };
  const send = (taskIds: string[], to: TaskStep) =>
    move.mutate(
      { taskIds, to, why: why.trim() },
      {
        onSuccess: () => {
          choose(new Set());
          setWhy('');
        },
      },
    );
  return (
    <div className="work">
      <AddTasks caseId={caseId} book={book} />
      {book.tasks.length === 0 ? (
        <EmptyState title="No task yet">
          <p>
            {book.templates.length > 0
              ? 'A template above fits this case; or write the first task yourself.'
              : 'Write the first one above, a line each.'}
          </p>
        </EmptyState>
      ) : (
        <>
          <div className="work-bar">
            <TaskBar done={book.done} total={book.total} wide />
            <span className="faint">
              {book.done} of {many(book.total, 'task')} ended
            </span>
            <span className="grow" />
            {chosen.size > 0 && (
              <div className="row wrap">
                <span>{many(chosen.size, 'task')} chosen:</span>
                <Button size="compact-sm" variant="default" onClick={() => send([...chosen], 'doing')}>
                  Doing
                </Button>
                <Button size="compact-sm" variant="default" onClick={() => send([...chosen], 'done')}>
                  Done
                </Button>
                <TextInput
                  size="xs"
                  aria-label="Why they are dropped"
                  placeholder="Why they are dropped"
                  value={why}
                  onChange={(e) => setWhy(e.currentTarget.value)}
                />
                <Button size="compact-sm" variant="default" disabled={!why.trim()} onClick={() => send([...chosen], 'dropped')}>
                  Drop
                </Button>
              </div>
            )}
          </div>
          <FindingList findings={findingsOf(move.error)} />
          <table className="plain-table tasks">
            <thead>
              <tr>
                <th className="tick">
                  <Checkbox
                    size="xs"
                    aria-label="Choose all tasks"
                    checked={chosen.size === book.tasks.length}
                    indeterminate={chosen.size > 0 && chosen.size < book.tasks.length}
                    onChange={(e) =>
                      toggle(
                        book.tasks.map((t) => t.taskId),
                        e.currentTarget.checked,
                      )
                    }
                  />
                </th>
                <th>Task</th>
                <th>State</th>
                <th>Owner</th>
                <th>Due, UTC</th>
              </tr>
            </thead>
            <tbody>
              {groups.map((group) => {
                const mine = book.tasks.filter((t) => t.group === group);
                return (
                  <Fragment key={group}>
                    {groups.length > 1 || group ? (
                      <tr className="group">
                        <td />
                        <td colSpan={4}>
                          <Hostile text={group || 'Without a phase'} max={80} />{' '}
                          <span className="faint">
                            {mine.filter((t) => t.step === 'done' || t.step === 'dropped').length}/{mine.length}
                          </span>
                        </td>
                      </tr>
                    ) : null}
                    {mine.map((t) => (
                      <TaskRow
                        key={t.taskId}
                        caseId={caseId}
                        task={t}
                        chosen={chosen.has(t.taskId)}
                        choose={(on) => toggle([t.taskId], on)}
                        move={(to) => send([t.taskId], to)}
                        open={open === t.taskId}
                        show={() => show(open === t.taskId ? null : t.taskId)}
                      />
                    ))}
                  </Fragment>
                );
              })}
            </tbody>
          </table>
        </>
      )}
    </div>
  );
}

interface RowProps {
  caseId: string;
  task: CaseTask;
  chosen: boolean;
  choose: (on: boolean) => void;
  move: (to: TaskStep) => void;
  open: boolean;
  show: () => void;
}

function TaskRow({ caseId, task, chosen, choose, move, open, show }: RowProps) {
  const ended = task.step === 'done' || task.step === 'dropped';
  return (
    <>
      <tr className={`task task-${task.step}`} data-task={task.taskId}>
        <td className="tick">
          <Checkbox size="xs" aria-label={`Choose ${task.title}`} checked={chosen} onChange={(e) => choose(e.currentTarget.checked)} />
        </td>
        <td>
          <button type="button" className="bare task-title" aria-expanded={open} onClick={show}>
            <Hostile text={task.title} max={300} />
          </button>
          {task.log.length > 0 && <span className="faint"> {many(task.log.length, 'line')}</span>}
        </td>
        <td className="nowrap">
          <span className={`step-word ${task.step}`}>{stepWords[task.step]}</span>{' '}
          {task.step === 'open' && (
            <Button size="compact-xs" variant="subtle" onClick={() => move('doing')}>
              Begin
            </Button>
          )}
          {!ended ? (
            <Button size="compact-xs" variant="subtle" onClick={() => move('done')}>
              Done
            </Button>
          ) : (
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => move('open')}>
              Open again
            </Button>
          )}
        </td>
        <td className="nowrap">{task.owner ? <Hostile text={task.owner} max={40} /> : <span className="faint">nobody</span>}</td>
        <td className="nowrap">
          {task.dueMs ? (
            <span className={task.overdue ? 'bad' : undefined}>
              <TimeText ms={task.dueMs} /> {task.overdue && 'overdue'}
            </span>
          ) : (
            <span className="faint">no date</span>
          )}
        </td>
      </tr>
      {open && (
        <tr className="task-more">
          <td />
          <td colSpan={4}>
            <TaskMore caseId={caseId} task={task} />
          </td>
        </tr>
      )}
    </>
  );
}

function TaskMore({ caseId, task }: { caseId: string; task: CaseTask }) {
  const [text, setText] = useState('');
  const log = useLogTask(caseId);
  const lines = [
    { atMs: task.atMs, actor: task.actor, text: `added${task.template ? ` from the template ${task.template}` : ''}` },
    ...task.moves.map((m) => ({ atMs: m.atMs, actor: m.actor, text: `${m.from} → ${m.to}${m.why ? `: ${m.why}` : ''}` })),
    ...task.log.map((l) => ({ ...l })),
  ].sort((a, b) => a.atMs - b.atMs);
  return (
    <div className="stack" style={{ gap: 6 }}>
      {lines.map((l, i) => (
        <div key={`${l.atMs}${i}`}>
          <span className="faint">
            <TimeText ms={l.atMs} /> {actorWord(l.actor)}
          </span>{' '}
          <Hostile text={l.text} lines />
        </div>
      ))}
      <TaskPlan caseId={caseId} task={task} />
      <form
        className="row"
        style={{ alignItems: 'flex-end' }}
        onSubmit={(e) => {
          e.preventDefault();
          if (text.trim()) log.mutate({ taskId: task.taskId, text }, { onSuccess: () => setText('') });
        }}
      >
        <TextInput
          className="grow"
          size="xs"
          aria-label="A line for the log of this task"
          placeholder="What was found, where it stands"
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
        />
        <Button size="compact-sm" type="submit" variant="default" loading={log.isPending} disabled={!text.trim()}>
          Write
        </Button>
      </form>
      <FindingList findings={findingsOf(log.error)} />
    </div>
  );
}

/** Whose it is and until when; both may stay empty. */
function TaskPlan({ caseId, task }: { caseId: string; task: CaseTask }) {
  const [owner, setOwner] = useState(task.owner ?? '');
  const [due, setDue] = useState(task.dueMs ? new Date(task.dueMs).toISOString().slice(0, 16) : '');
  const change = useChangeTask(caseId);
  const at = Date.parse(`${due}Z`);
  return (
    <form
      className="row wrap"
      style={{ alignItems: 'flex-end' }}
      onSubmit={(e) => {
        e.preventDefault();
        change.mutate({
          taskId: task.taskId,
          title: task.title,
          group: task.group,
          order: task.order,
          owner: owner.trim() || undefined,
          dueMs: Number.isFinite(at) ? at : undefined,
        });
      }}
    >
      <TextInput size="xs" label="Owner" placeholder="nobody" value={owner} onChange={(e) => setOwner(e.currentTarget.value)} />
      <TextInput size="xs" type="datetime-local" label="Due, UTC" value={due} onChange={(e) => setDue(e.currentTarget.value)} />
      <Button size="compact-sm" type="submit" variant="default" loading={change.isPending}>
        Save
      </Button>
      <FindingList findings={findingsOf(change.error)} />
    </form>
  );
}

function AddTasks({ caseId, book }: { caseId: string; book: CaseTasks }) {
  const [text, setText] = useState('');
  const [group, setGroup] = useState('');
  const add = useAddTasks(caseId);
  const titles = text
    .split('\n')
    .map((t) => t.trim())
    .filter(Boolean);
  return (
    <form
      className="work-add"
      onSubmit={(e) => {
        e.preventDefault();
        if (titles.length > 0) add.mutate({ tasks: titles.map((title) => ({ title, group })) }, { onSuccess: () => setText('') });
      }}
    >
      <Textarea
        className="grow"
        size="sm"
        autosize
        minRows={1}
        maxRows={8}
        aria-label="New tasks, a line each"
        placeholder="New tasks, a line each"
        value={text}
        onChange={(e) => setText(e.currentTarget.value)}
      />
      <TextInput
        w={150}
        size="sm"
        aria-label="Phase"
        placeholder="Phase"
        list="task-groups"
        value={group}
        onChange={(e) => setGroup(e.currentTarget.value)}
      />
      <datalist id="task-groups">
        {['Identify', 'Contain', 'Eradicate', 'Recover', 'Validate'].map((g) => (
          <option key={g} value={g} />
        ))}
      </datalist>
      <Button type="submit" variant="default" loading={add.isPending} disabled={titles.length === 0}>
        {titles.length > 1 ? `Add ${titles.length}` : 'Add'}
      </Button>
      {book.templates.map((t) => (
        <Button
          key={t.id}
          variant="light"
          title={`${t.tasks.map((x) => x.title).join('\n')}`}
          onClick={() => add.mutate({ template: t.id })}
        >
          {t.name}: add {t.tasks.length}
        </Button>
      ))}
      {book.others.length > 0 && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default">Other templates</Button>
          </Menu.Target>
          <Menu.Dropdown>
            {book.others.map((t) => (
              <Menu.Item key={t.id} onClick={() => add.mutate({ template: t.id })}>
                {t.name} <span className="faint">{many(t.tasks.length, 'task')}</span>
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <div style={{ flexBasis: '100%' }}>
        <FindingList findings={[...findingsOf(add.error), ...book.findings]} />
      </div>
    </form>
  );
}

/** n of m, as a bar that a glance reads. */
export function TaskBar({ done, total, wide = false }: { done: number; total: number; wide?: boolean }) {
  if (total === 0) return null;
  return (
    <span className={`taskbar${wide ? ' wide' : ''}`} role="img" aria-label={`${done} of ${total} tasks ended`}>
      <i style={{ width: `${(100 * done) / total}%` }} />
    </span>
  );
}
