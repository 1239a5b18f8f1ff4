import { useState } from 'react';

// As docs/reference/parsers.md tells it; there every form has an example.
const keys: [string, string][] = [
  ['match', 'Which records are its own: program: [sshd, "postfix/*"], prefix, contains (any of), all (all of), json: [paths], dataset'],
  ['extract', 'How a record is taken apart: lines, grok, kv, csv, json, cef, leef, xml; the first line that fits wins'],
  ['time, values, map, set, enrich', 'What the pieces mean, in this order; the first that fills a field wins'],
  ['namespace', 'Where keys go that are no field of ECS'],
  ['cases', 'Records and what they must give; a parser that fails one of its own is refused'],
];
const places: [string, string][] = [
  ['%{user.name}', 'up to the next text of the line; a name with a dot is a field'],
  ['%{>user.name}', 'as much as there is: for what a stranger may choose'],
  ['%{user}', 'goes under the namespace; %{_x} is only handed on, %{} is left out'],
  ['%{source.port:n}', 'only what fits: n digits, w word, a no blanks, ip, x hexadecimal, q quoted, any'],
  ['%[ from %{source.ip}%]', 'may be missing'],
  ['%(opened%|closed%)', 'one or the other'],
];
const example = `match: {program: [doord]}
extract:
  - lines:
      - line: "door %{.door:n}: %{>user.name} %(opened%|unlocked%) it%[ from %{source.ip}%]"
        set: {category: session, type: start, action: door-opened, outcome: success}
      - line: "door %{.door:n}: %{>user.name} refused: %{event.reason}"
        set: {category: session, type: denied, action: door-opened, outcome: failure}
cases:
  - raw: "<13>Mar  2 07:59:58 gate doord[7]: door 3: anna refused: wrong key"
    expect: {user.name: anna, event.outcome: failure, event.reason: wrong key}`;

/** The language on one sight, for whoever writes their first parser. */
export function Language({ open: begin }: { open: boolean }) {
  const [open, setOpen] = useState(begin);
  return (
    <details className="language" open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>How a parser is written</summary>
      <Pairs of={keys} />
      <h3>In a line</h3>
      <Pairs of={places} />
      <h3>Whole</h3>
      <pre>{example}</pre>
    </details>
  );
}

function Pairs({ of }: { of: [string, string][] }) {
  return (
    <dl>
      {of.map(([what, says]) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>{says}</dd>
        </div>
      ))}
    </dl>
  );
}
