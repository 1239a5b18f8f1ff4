import { Hostile } from '@/parts/Hostile';
import { Panel } from '@/parts/Panel';
import { tacticWord } from '@/parts/words';
import type { Work } from '@/wire/workTypes';
import './work.css';

/** Tactics in their order with the techniques that the rules name; a technique's name only where the content knows it. */
export function AttackRow({ work }: { work: Work }) {
  if (work.attack.length === 0) return null;
  return (
    <Panel title="ATT&CK" aside={<span className="faint">as the tags of its rules say</span>}>
      <div className="attack-row">
        {work.attack.map((t) => (
          <div key={t.tactic}>
            <div className="attack-tactic">{tacticWord(t.tactic)}</div>
            {t.techniques.map((x) => (
              <div key={x.id} className="attack-technique" title={`in ${x.signals} signals`}>
                <span className="mono">{x.id.toUpperCase()}</span> <Hostile text={x.name} max={60} />
              </div>
            ))}
          </div>
        ))}
      </div>
    </Panel>
  );
}
