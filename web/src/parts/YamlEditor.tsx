import { useEffect, useRef } from 'react';
import type { Finding } from '@/wire/types';
import { plainText } from './hostile';
import './parts.css';

interface Props {
  text: string;
  onText: (text: string) => void;
  findings?: Finding[];
  label: string;
  rows?: number;
  onSave?: () => void;
  /** A line to show, and a number that rises with each wish to see it. */
  goTo?: { line: number; turn: number };
  /** Lines to mark for as long as something that belongs to them is looked at. */
  marked?: number[];
}

/** Line of a place such as trial:12 or contract:3; 0 where it names none. */
export const lineOf = (place: string) => Number(/:(\d+)$/.exec(place)?.[1] ?? 0);

const lineHeight = 19;

/** A text with numbered lines, and a mark on each line that something is wrong with. Tab indents; Escape then Tab leaves. */
export function YamlEditor({ text, onText, findings = [], label, rows = 24, onSave, goTo, marked = [] }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const leaves = useRef(false);
  const lines = text.split('\n').length;
  const marks = new Map<number, Finding[]>();
  for (const f of findings) if (lineOf(f.place) > 0) marks.set(lineOf(f.place), [...(marks.get(lineOf(f.place)) ?? []), f]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new wish moves the caret, not each letter typed.
  useEffect(() => {
    const box = area.current;
    if (!box || !goTo || goTo.line < 1) return;
    const before = text.split('\n').slice(0, goTo.line - 1);
    const from = before.reduce((n, l) => n + l.length + 1, 0);
    box.focus();
    box.setSelectionRange(from, from + (text.split('\n')[goTo.line - 1]?.length ?? 0));
    box.scrollTop = Math.max(0, (goTo.line - 5) * lineHeight);
  }, [goTo?.turn, goTo?.line]);

  const keys = (e: React.KeyboardEvent<HTMLTextAreaElement>) => {
    if ((e.ctrlKey || e.metaKey) && e.key === 's' && onSave) {
      e.preventDefault();
      onSave();
    } else if (e.key === 'Escape') leaves.current = true;
    else if (e.key === 'Tab' && !e.shiftKey && !leaves.current) {
      e.preventDefault();
      const { selectionStart: at, selectionEnd: to } = e.currentTarget;
      const box = e.currentTarget;
      onText(`${text.slice(0, at)}  ${text.slice(to)}`);
      requestAnimationFrame(() => box.setSelectionRange(at + 2, at + 2));
    } else leaves.current = false;
  };
  return (
    <div className="yaml-editor" style={{ height: rows * lineHeight + 16 }}>
      <div ref={gutter} className="yaml-gutter" aria-hidden>
        {Array.from({ length: lines }, (_, i) => {
          const found = marks.get(i + 1);
          return (
            <div
              key={i}
              className={
                found ? `marked ${found.some((f) => f.level === 'error') ? 'bad' : ''}` : marked.includes(i + 1) ? 'looked-at' : undefined
              }
              title={found?.map((f) => plainText(`${f.code} ${f.message}`)).join('\n')}
            >
              {i + 1}
            </div>
          );
        })}
      </div>
      <textarea
        ref={area}
        aria-label={label}
        title="Tab indents; Escape, then Tab goes on"
        spellCheck={false}
        wrap="off"
        value={text}
        onChange={(e) => onText(e.currentTarget.value)}
        onKeyDown={keys}
        onScroll={(e) => {
          if (gutter.current) gutter.current.scrollTop = e.currentTarget.scrollTop;
        }}
      />
    </div>
  );
}
