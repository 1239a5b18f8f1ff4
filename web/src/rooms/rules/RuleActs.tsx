import { Button, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { useEnableRule } from '@/wire/enableRule';
import { useQueueRule } from '@/wire/queueRule';
import type { Rule } from '@/wire/types';

type Act = 'queue' | 'enabled';

/** Promoting, sending back, switching: each keeps its reason. */
export function RuleActs({ rule }: { rule: Rule }) {
  const [act, setAct] = useState<Act | null>(null);
  const [why, setWhy] = useState('');
  const queue = useQueueRule();
  const enable = useEnableRule();
  const to = rule.queue === 'production' ? 'testing' : 'production';
  const words = {
    queue: to === 'production' ? 'Promote to production' : 'Send back to testing',
    enabled: rule.enabled ? 'Switch off' : 'Switch on',
  };
  const what = {
    queue:
      to === 'production'
        ? `It matched ${rule.hits24h} times in the last 24 h. In production each match can open a case.`
        : 'Its hits are counted on; it opens no case from now on.',
    enabled: rule.enabled ? 'It stops matching. Say why, and until when.' : 'It matches again from now on.',
  };
  const busy = queue.isPending || enable.isPending;
  const submit = (e: React.FormEvent) => {
    e.preventDefault();
    const done = { onSuccess: () => setAct(null) };
    if (act === 'queue') queue.mutate({ ruleId: rule.ruleId, queue: to, why }, done);
    else enable.mutate({ ruleId: rule.ruleId, enabled: !rule.enabled, why }, done);
  };
  return (
    <>
      <Button variant="default" onClick={() => setAct('enabled')}>
        {words.enabled}
      </Button>
      {rule.queue !== 'input' && (
        <Button variant={to === 'production' ? 'filled' : 'default'} onClick={() => setAct('queue')}>
          {words.queue}
        </Button>
      )}
      <Modal opened={act !== null} onClose={() => setAct(null)} title={act ? words[act] : ''} size={460}>
        {act && (
          <form className="stack" style={{ gap: 12 }} onSubmit={submit}>
            <div className="dim">{what[act]}</div>
            <Textarea label="Reason" data-autofocus autosize minRows={2} value={why} onChange={(e) => setWhy(e.currentTarget.value)} />
            <FindingList findings={findingsOf(act === 'queue' ? queue.error : enable.error)} />
            <div className="row" style={{ justifyContent: 'flex-end' }}>
              <Button variant="default" onClick={() => setAct(null)}>
                Leave it
              </Button>
              <Button type="submit" loading={busy}>
                {words[act]}
              </Button>
            </div>
          </form>
        )}
      </Modal>
    </>
  );
}
