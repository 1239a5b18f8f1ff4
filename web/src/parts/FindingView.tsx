import { Refusal } from '@/wire/call';
import type { Finding } from '@/wire/types';
import { Hostile } from './Hostile';
import './parts.css';

const words = { error: 'Error', warning: 'Warning', note: 'Note' } as const;

export function FindingView({ finding, children }: { finding: Finding; children?: React.ReactNode }) {
  return (
    <div className={`finding finding-${finding.level}`} role={finding.level === 'error' ? 'alert' : undefined}>
      <div>
        <span className="code">
          {words[finding.level] ?? 'Error'} {finding.code}
        </span>
        <Hostile text={finding.message} />
      </div>
      {finding.hint && (
        <div className="hint">
          <Hostile text={finding.hint} />
        </div>
      )}
      {finding.place && (
        <div className="place">
          <Hostile text={finding.place} />
        </div>
      )}
      {children}
    </div>
  );
}

export function FindingList({ findings }: { findings: Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <div className="stack">
      {findings.map((f, i) => (
        <FindingView key={`${f.code}${f.place}${i}`} finding={f} />
      ))}
    </div>
  );
}

/** What went wrong with a call, as findings, whatever it was. */
export function findingsOf(error: unknown): Finding[] {
  if (!error) return [];
  if (error instanceof Refusal) return error.findings;
  const message = error instanceof Error ? error.message : String(error);
  return [{ code: 'WEB001', message, hint: 'Check that Andon runs and that this browser reaches it.', place: '', level: 'error' }];
}

/** The findings about one field of a form; a place is a JSON pointer or the field's name. */
export const findingsAt = (findings: Finding[], field: string) =>
  findings.filter((f) => f.place.split(/[/.]/).filter(Boolean)[0]?.toLowerCase() === field.toLowerCase());
export const findingsElsewhere = (findings: Finding[], fields: string[]) =>
  findings.filter((f) => !fields.some((field) => findingsAt([f], field).length > 0));
