import { pieces } from './hostile';
import { Pseudonym } from './Pseudonym';
import './parts.css';

/** Text from outside: never markup, direction isolated, control characters named. */
export function Hostile({ text, lines = false, max }: { text: string; lines?: boolean; max?: number }) {
  const cut = max !== undefined && text.length > max ? `${text.slice(0, max)}…` : text;
  // Most text has nothing to mark; then no extra elements either.
  if (/^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u21ff]*$/.test(cut)) return <Pseudonym text={text}>{cut}</Pseudonym>;
  return (
    <bdi>
      {pieces(cut, lines).map((p, i) =>
        p.mark ? (
          <span key={i} className="ctrl" title={`Invisible character ${p.mark}`}>
            {p.mark}
          </span>
        ) : (
          p.text
        ),
      )}
    </bdi>
  );
}
