import { Tooltip } from '@mantine/core';
import { tactics as all, tacticKey, tacticWord } from './words';

/** The fourteen ATT&CK tactics as ticks in their order, those seen filled: how far along it is, at a glance. */
export function TacticStrip({ tactics, words = false }: { tactics: string[]; words?: boolean }) {
  if (tactics.length === 0) return null;
  const seen = new Set(tactics.map(tacticKey));
  const names = [...all.filter((t) => seen.has(t)), ...[...seen].filter((t) => !(all as readonly string[]).includes(t))].map(tacticWord);
  return (
    <Tooltip label={`ATT&CK tactics seen, in their order: ${names.join(', ')}`}>
      <span className="row" style={{ gap: 8 }}>
        <span className="tactic-strip" role="img" aria-label={`Tactics: ${names.join(', ')}`}>
          {all.map((t) => (
            <i key={t} className={seen.has(t) ? 'on' : ''} />
          ))}
        </span>
        {words && <span className="dim">{names.join(', ')}</span>}
      </span>
    </Tooltip>
  );
}
