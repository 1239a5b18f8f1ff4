import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { TimeText } from '@/parts/TimeText';
import { actorWord } from '@/parts/words';
import { useAddNote } from '@/wire/addNote';
import type { Note } from '@/wire/types';

export function NotesTab({ caseId, notes }: { caseId: string; notes: Note[] }) {
  const [text, setText] = useState('');
  const add = useAddNote(caseId);
  const submit = (e: { preventDefault: () => void }) => {
    e.preventDefault();
    if (text.trim()) add.mutate(text, { onSuccess: () => setText('') });
  };
  return (
    <div className="notes">
      <form onSubmit={submit} className="stack">
        <Textarea
          autoFocus
          aria-label="Note"
          placeholder="What you found, what you ruled out. Kept as it is, with your name and the time."
          autosize
          minRows={3}
          size="sm"
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          onKeyDown={(e) => (e.ctrlKey || e.metaKey) && e.key === 'Enter' && submit(e)}
        />
        <FindingList findings={findingsOf(add.error)} />
        <div className="row between">
          <span className="faint">
            <span className="kbd">Ctrl</span> <span className="kbd">Enter</span> writes it
          </span>
          <Button type="submit" loading={add.isPending} disabled={!text.trim()}>
            Write note
          </Button>
        </div>
      </form>
      {notes.length === 0 && <p className="faint">No notes yet.</p>}
      {[...notes].reverse().map((n, i) => (
        <article key={`${n.atMs}${i}`} className="note">
          <div className="faint">
            <b className="dim">{actorWord(n.actor)}</b> · <TimeText ms={n.atMs} /> · <TimeText ms={n.atMs} form="ago" />
          </div>
          <div style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            <Hostile text={n.text} lines />
          </div>
        </article>
      ))}
    </div>
  );
}
