import { Button, Checkbox, Menu, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { discoveries, lanes, laneWords, many, verdictWords } from '@/parts/words';
import { type BulkAsk, useBulkCards } from '@/wire/bulkCards';
import type { BulkAnswer, Verdict } from '@/wire/types';
import { naps } from './ActDialog';

interface Props {
  selected: string[];
  domains: string[];
  numberOf: (caseId: string) => string;
  clear: () => void;
  keep: (caseIds: string[]) => void;
  done: () => void;
}

/** One gesture on all that is selected. What is refused stays selected, with its reason. */
export function BulkBar({ selected, domains, numberOf, clear, keep, done }: Props) {
  const bulk = useBulkCards();
  const [why, setWhy] = useState('');
  const [override, setOverride] = useState(false);
  const [discovery, setDiscovery] = useState<string>('internal.detection');
  const [answer, setAnswer] = useState<BulkAnswer | null>(null);
  const run = (ask: Omit<BulkAsk, 'caseIds' | 'why' | 'override'>) =>
    bulk.mutate(
      { ...ask, caseIds: selected, why: why.trim() || undefined, override },
      {
        onSuccess: (a) => {
          setAnswer(a);
          keep(a.refused.map((r) => r.caseId));
          if (a.refused.length === 0) setWhy('');
          done();
        },
      },
    );
  const close = (verdict: Verdict) => run({ act: 'close', close: { verdict, discovery, reason: why.trim(), effortMinutes: 0 } });
  const refused = answer?.refused ?? [];
  if (selected.length === 0 && !answer) return null;
  return (
    <section className="bulkbar" aria-label="For all selected cards">
      <div className="row wrap">
        {selected.length > 0 ? (
          <>
            <b className="nowrap">{many(selected.length, 'card')} selected</b>
            <TextInput
              aria-label="Reason for all"
              placeholder="Reason, kept with each"
              style={{ flex: 1, minWidth: 180 }}
              value={why}
              onChange={(e) => setWhy(e.currentTarget.value)}
            />
            <Button variant="default" loading={bulk.isPending} onClick={() => run({ act: 'take' })}>
              Assign to me
            </Button>
            <Choice
              words="Move"
              items={lanes.filter((l) => l !== 'closed').map((l) => [laneWords[l].title, () => run({ act: 'move', to: l })])}
            >
              <Menu.Divider />
              <div style={{ padding: '4px 10px' }}>
                <Checkbox
                  size="xs"
                  label="over limits, with the reason"
                  checked={override}
                  onChange={(e) => setOverride(e.currentTarget.checked)}
                />
              </div>
            </Choice>
            <Choice words="Re-route" items={domains.map((d) => [d, () => run({ act: 'route', domain: d })])} />
            <Choice
              words="Snooze"
              items={[
                ...naps.map((n): [string, () => void] => [n.label, () => run({ act: 'snooze', untilMs: Date.now() + n.ms })]),
                ['wake now', () => run({ act: 'wake' })],
              ]}
            />
            <Choice
              words="Close as"
              items={(['benignPositive', 'falsePositive', 'undecided'] as Verdict[]).map((v) => [verdictWords[v], () => close(v)])}
            >
              <div style={{ padding: '4px 10px' }}>
                <Select
                  label="Discovery"
                  size="xs"
                  allowDeselect={false}
                  comboboxProps={{ withinPortal: false }}
                  data={discoveries.map(([value, label]) => ({ value, label }))}
                  value={discovery}
                  onChange={(v) => v && setDiscovery(v)}
                />
              </div>
            </Choice>
          </>
        ) : (
          <span className="grow" />
        )}
        <Button
          variant="subtle"
          color="gray"
          onClick={() => {
            clear();
            setAnswer(null);
          }}
        >
          Done <span className="kbd">Esc</span>
        </Button>
      </div>
      <FindingList findings={findingsOf(bulk.error)} />
      {answer && (
        <div className="bulk-answer" role="status">
          {many(answer.done.length, 'card')} done{refused.length > 0 ? `, ${refused.length} refused:` : '.'}
          {refused.slice(0, 8).map((r) => (
            <div key={r.caseId}>
              <b>{numberOf(r.caseId)}</b> <span className="faint">{r.finding.code}</span> {r.finding.message}{' '}
              <span className="dim">{r.finding.hint}</span>
            </div>
          ))}
          {refused.length > 8 && <div className="faint">and {refused.length - 8} more</div>}
        </div>
      )}
    </section>
  );
}

function Choice({ words, items, children }: { words: string; items: [string, () => void][]; children?: React.ReactNode }) {
  return (
    <Menu position="top-start" width={230}>
      <Menu.Target>
        <Button variant="default">{words} …</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {items.map(([label, act]) => (
          <Menu.Item key={label} onClick={act}>
            {label}
          </Menu.Item>
        ))}
        {children}
      </Menu.Dropdown>
    </Menu>
  );
}
