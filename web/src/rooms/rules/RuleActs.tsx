import { Button, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsAt, findingsElsewhere, findingsOf } from '@/parts/FindingView';
import { useEnableRule } from '@/wire/enableRule';
import { usePromoteRule } from '@/wire/promoteRule';
import { useQueueRule } from '@/wire/queueRule';
import type { RuleDetail } from '@/wire/types';
import { Evidence } from './Evidence';

type Act = 'promote' | 'demote' | 'switch';

/** Promoting, sending back, switching: each keeps its reason. */
export function RuleActs({ rule }: { rule: RuleDetail }) {
  const [act, setAct] = useState<Act | null>(null);
  const close = () => setAct(null);
  return (
    <>
      <Button
        variant="default"
        onClick={() => setAct('switch')}
        disabled={rule.off?.startsWith('out of scope')}
        title={rule.off ?? undefined}
      >
        {rule.enabled ? 'Switch off' : 'Switch on'}
      </Button>
      {rule.queue === 'production' && (
        <Button variant="default" onClick={() => setAct('demote')}>
          Send back to testing
        </Button>
      )}
      {rule.queue === 'testing' && !rule.pending && <Button onClick={() => setAct('promote')}>Promote …</Button>}
      <Modal opened={act === 'promote'} onClose={close} title="Promote to production" size={620}>
        {act === 'promote' && <Promote rule={rule} close={close} />}
      </Modal>
      <Modal
        opened={act === 'demote' || act === 'switch'}
        onClose={close}
        title={act === 'demote' ? 'Send back to testing' : word(rule)}
        size={460}
      >
        {act === 'demote' && <Demote rule={rule} close={close} />}
        {act === 'switch' && <Switch rule={rule} close={close} />}
      </Modal>
    </>
  );
}

const word = (rule: RuleDetail) => (rule.enabled ? 'Switch off' : 'Switch on');

/** The evidence of this moment, and a reason; what is missing can be overridden, and that is kept too. */
function Promote({ rule, close }: { rule: RuleDetail; close: () => void }) {
  const [why, setWhy] = useState('');
  const [override, setOverride] = useState('');
  const promote = usePromoteRule();
  const missing = rule.evidence.missing.length;
  const findings = findingsOf(promote.error).filter((f) => !rule.evidence.missing.some((m) => m.code === f.code));
  const others = rule.approvers.length > 1;
  return (
    <form
      className="stack"
      style={{ gap: 14 }}
      onSubmit={(e) => {
        e.preventDefault();
        promote.mutate({ ruleId: rule.ruleId, why, override: override.trim() || undefined }, { onSuccess: close });
      }}
    >
      <Evidence of={rule.evidence} />
      <Textarea
        label="Reason"
        description="Kept with this evidence; whoever asks later why this rule alerts reads it."
        data-autofocus
        autosize
        minRows={2}
        value={why}
        onChange={(e) => setWhy(e.currentTarget.value)}
      />
      {missing > 0 && (
        <Textarea
          label="Why promote although this is missing"
          description={`${missing === 1 ? 'One thing is' : `${missing} things are`} missing. Gather it, or say here why it cannot wait.`}
          error={findingsAt(findings, 'override').map((f) => f.message)[0]}
          autosize
          minRows={2}
          value={override}
          onChange={(e) => setOverride(e.currentTarget.value)}
        />
      )}
      <FindingList findings={findingsElsewhere(findings, ['override'])} />
      <div className="row between">
        <span className="dim">
          {others ? 'Another person has to approve it.' : 'You are the only one who may approve: it takes effect at once.'}
        </span>
        <span className="row">
          <Button variant="default" onClick={close}>
            Leave it
          </Button>
          <Button type="submit" loading={promote.isPending}>
            {others ? 'Ask for approval' : 'Promote'}
          </Button>
        </span>
      </div>
    </form>
  );
}

function Demote({ rule, close }: { rule: RuleDetail; close: () => void }) {
  const queue = useQueueRule();
  return (
    <Reason
      what="Its hits are counted on; it opens no case from now on."
      word="Send back to testing"
      busy={queue.isPending}
      error={queue.error}
      close={close}
      give={(why) => queue.mutate({ ruleId: rule.ruleId, queue: 'testing', why }, { onSuccess: close })}
    />
  );
}

function Switch({ rule, close }: { rule: RuleDetail; close: () => void }) {
  const enable = useEnableRule();
  return (
    <Reason
      what={rule.enabled ? 'It stops matching. Say why, and until when.' : 'It matches again from now on.'}
      word={word(rule)}
      busy={enable.isPending}
      error={enable.error}
      close={close}
      give={(why) => enable.mutate({ ruleId: rule.ruleId, enabled: !rule.enabled, why }, { onSuccess: close })}
    />
  );
}

interface ReasonProps {
  what: React.ReactNode;
  word: string;
  busy: boolean;
  error: unknown;
  close: () => void;
  give: (why: string) => void;
}

export function Reason({ what, word, busy, error, close, give }: ReasonProps) {
  const [why, setWhy] = useState('');
  return (
    <form
      className="stack"
      style={{ gap: 12 }}
      onSubmit={(e) => {
        e.preventDefault();
        give(why);
      }}
    >
      <div className="dim">{what}</div>
      <Textarea label="Reason" data-autofocus autosize minRows={2} value={why} onChange={(e) => setWhy(e.currentTarget.value)} />
      <FindingList findings={findingsOf(error)} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={close}>
          Leave it
        </Button>
        <Button type="submit" loading={busy}>
          {word}
        </Button>
      </div>
    </form>
  );
}
