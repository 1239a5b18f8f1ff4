import type { ParserStep } from '@/wire/types';

/** A line that had a part in a field: of the text itself, or of another file. */
export interface Origin {
  line: number;
  part: string;
  file: string;
}

/** For each field, the lines that gave it in this run: the steps that cut its pieces (with the form that fitted), then what made the field of them. */
export function originsOf(steps: ParserStep[]): Map<string, Origin[]> {
  const all = new Map<string, Origin[]>();
  for (const step of steps)
    for (const field of step.fields) {
      const from = all.get(field.name) ?? [];
      const add = (o: Origin) => o.line > 0 && !from.some((f) => f.line === o.line && f.file === o.file) && from.push(o);
      for (const n of step.from) {
        const cut = steps[n];
        if (cut) add({ line: cut.patternLine || cut.line, part: cut.part, file: cut.file });
      }
      add({ line: field.line, part: step.part === 'andon' ? 'head' : step.part, file: field.file });
      all.set(field.name, from);
    }
  return all;
}

/** What a step that gave no field has to say. */
export const outcomes: Record<ParserStep['outcome'], string> = {
  gave: 'matched',
  read: 'matched, cut pieces',
  condition: 'skipped: condition not met',
  absent: 'skipped: what it reads is not there',
  form: 'stopped: no line of it matched',
  taken: 'skipped: its fields have values',
  value: 'skipped: the value does not fit, or means none',
  row: 'skipped: no such value in its table',
  failed: 'stopped: it failed',
};

/** Steps that say how the record was taken apart, or that did something; the others only matter to someone who looks for them. */
export const isLoud = (s: ParserStep) =>
  s.part === 'extract' || s.outcome === 'gave' || s.outcome === 'read' || s.outcome === 'form' || s.outcome === 'failed';
