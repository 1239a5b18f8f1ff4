import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { useCheckRule } from '@/wire/checkRule';
import { BacktestPanel } from './BacktestPanel';

const example = `title: Sudo to root by a service account
logsource:
    product: linux
    service: sudo
detection:
    selection:
        user.name|startswith: svc-
        user.effective.name: root
    condition: selection
level: medium
`;

/** All findings of a rule at once, before anyone loads it. */
export function CheckBox() {
  const [yaml, setYaml] = useState('');
  const check = useCheckRule();
  return (
    <div className="stack">
      <Textarea
        aria-label="Rule in YAML"
        placeholder={example}
        autosize
        minRows={14}
        maxRows={26}
        spellCheck={false}
        classNames={{ input: 'mono' }}
        value={yaml}
        onChange={(e) => setYaml(e.currentTarget.value)}
        data-autofocus
      />
      <div className="row">
        <Button onClick={() => check.mutate(yaml)} loading={check.isPending} disabled={!yaml.trim()}>
          Check
        </Button>
        <span className="dim">Nothing is loaded by checking.</span>
      </div>
      {check.data && check.data.findings.length === 0 && <div className="down">Nothing to mend: it would load.</div>}
      <FindingList findings={check.data?.findings ?? findingsOf(check.error)} />
      {check.data && !check.data.findings.some((f) => f.level === 'error') && <BacktestPanel yaml={yaml} />}
    </div>
  );
}
