import { Button, Select, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { aboutEntity } from '@/parts/kql';
import { Panel } from '@/parts/Panel';
import { TimeText } from '@/parts/TimeText';
import { useSettleMissing } from '@/wire/caseWork';
import type { Missing, Work } from '@/wire/workTypes';
import './work.css';

const outcomes = [
  { value: 'sourceAdded', label: 'A source was added' },
  { value: 'moreDetail', label: 'A source says more now' },
  { value: 'found', label: 'The events were found elsewhere' },
  { value: 'accepted', label: 'Accepted: nobody will see it' },
];

/** What was reported, and what of it no source saw. */
export function ReportPanel({ caseId, work }: { caseId: string; work: Work }) {
  const fields = Object.entries(work.fields);
  if (fields.length === 0 && work.missing.length === 0) return null;
  return (
    <Panel title="Report" aside={work.template ? <span className="faint">by the template {work.template}</span> : undefined}>
      {fields.length > 0 && (
        <dl className="kv">
          {fields.map(([name, value]) => (
            <Field key={name} name={name} value={value} />
          ))}
        </dl>
      )}
      {work.missing.map((m) => (
        <MissingLine key={m.missingId} caseId={caseId} missing={m} />
      ))}
    </Panel>
  );
}

function Field({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Hostile text={value} lines max={400} />
      </dd>
    </>
  );
}

function MissingLine({ caseId, missing }: { caseId: string; missing: Missing }) {
  const [open, show] = useState(false);
  const [outcome, setOutcome] = useState('sourceAdded');
  const [why, setWhy] = useState('');
  const settle = useSettleMissing(caseId);
  const colon = missing.entity.indexOf(':');
  const about = aboutEntity(missing.entity.slice(0, colon), missing.entity.slice(colon + 1));
  return (
    <div className={`missing${missing.outcome ? ' ended' : ''}`} data-missing={missing.missingId}>
      <div className="row wrap" style={{ gap: 8 }}>
        <span>
          {missing.outcome ? 'Was missing' : 'Missing evidence'}: no event of{' '}
          <Link className="numlink" to="/search" search={about}>
            <Hostile text={missing.entity} max={80} />
          </Link>{' '}
          from <TimeText ms={missing.fromMs} /> to <TimeText ms={missing.toMs} />
        </span>
        {missing.outcome ? (
          <span className="faint">
            {outcomes.find((o) => o.value === missing.outcome)?.label ?? missing.outcome}: <Hostile text={missing.why} max={200} />
          </span>
        ) : (
          <Button size="compact-xs" variant="subtle" onClick={() => show(!open)}>
            Settle
          </Button>
        )}
      </div>
      {open && !missing.outcome && (
        <form
          className="row wrap"
          onSubmit={(e) => {
            e.preventDefault();
            settle.mutate({ missingId: missing.missingId, outcome, why });
          }}
        >
          <Select
            size="xs"
            w={220}
            aria-label="How it ended"
            data={outcomes}
            value={outcome}
            allowDeselect={false}
            onChange={(v) => v && setOutcome(v)}
          />
          <TextInput
            className="grow"
            size="xs"
            aria-label="Why"
            placeholder="Which source, or why nobody will"
            value={why}
            onChange={(e) => setWhy(e.currentTarget.value)}
          />
          <Button size="compact-sm" type="submit" disabled={!why.trim()} loading={settle.isPending}>
            Settle it
          </Button>
        </form>
      )}
      <FindingList findings={findingsOf(settle.error)} />
    </div>
  );
}
