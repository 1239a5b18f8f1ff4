import { Button, MultiSelect, NumberInput, TagsInput } from '@mantine/core';
import { useState } from 'react';
import { FactLink } from '@/parts/FactLink';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { Panel } from '@/parts/Panel';
import { Answer } from '@/parts/states';
import { actorWord, short } from '@/parts/words';
import { useSampling } from '@/wire/getSampling';
import { useSample } from '@/wire/tellSource';
import type { SamplingList, SourceDetail, UsageView } from '@/wire/types';
import { WhyField } from './WhyField';

type Standing = SamplingList['sources'][number];

/** Of some kinds of events one key in N gets rows. */
export function Sampling({ source, kinds }: { source: SourceDetail; kinds: UsageView['kinds'] }) {
  const all = useSampling();
  return (
    <Panel title="Sampling" aside={<span className="faint">what is stored as rows</span>}>
      <Answer of={all} what="the sampling">
        {(a) => {
          const standing = a.sources.find((s) => s.sourceId === source.sourceId);
          return <Form key={standing?.fact ?? 0} source={source} kinds={kinds} standing={standing} />;
        }}
      </Answer>
    </Panel>
  );
}

function Form({ source, kinds, standing }: { source: SourceDetail; kinds: UsageView['kinds']; standing: Standing | undefined }) {
  const sample = useSample();
  const [oneIn, setOneIn] = useState<number | string>(standing?.terms.oneIn ?? 10);
  const [of, setOf] = useState<string[]>(standing?.terms.kinds ?? []);
  const [key, setKey] = useState<string[]>(standing?.terms.key ?? []);
  const [why, setWhy] = useState('');
  const terms = { oneIn: Number(oneIn), kinds: of, key };
  const told = sample.data;
  const names = [...new Set([...kinds.map((k) => k.kind).filter((k) => k !== '(other)'), ...of])];
  const fields = [...new Set(kinds.filter((k) => of.includes(k.kind)).flatMap((k) => k.fields.map((f) => f.field)))].sort();
  if (names.length === 0) return <div className="dim">Its parser tells no kinds of events apart, and what has no kind is not sampled.</div>;
  const ready = of.length > 0 && key.length > 0 && Number(oneIn) > 1;
  return (
    <form
      className="stack"
      style={{ gap: 10 }}
      aria-label="Sampling"
      onSubmit={(e) => {
        e.preventDefault();
        sample.mutate({ sourceId: source.sourceId, terms, why, try: false });
      }}
    >
      {standing ? (
        <div>
          One key in <b>{standing.terms.oneIn}</b> is kept with all its events.{' '}
          {standing.kept + standing.leftOut > 0 && (
            <span>
              Since the start {short(standing.kept)} events got a row and {short(standing.leftOut)} did not.{' '}
            </span>
          )}
          <FactLink seq={standing.fact}>
            {actorWord(standing.actor)}: <Hostile text={standing.why} max={120} />
          </FactLink>
        </div>
      ) : (
        <div className="dim">
          Every event gets a row. Rules would still see every event and the record log keeps all; answers say for how many events their rows
          stand.
        </div>
      )}
      <div className="row wrap" style={{ alignItems: 'flex-end' }}>
        <NumberInput label="One in" value={oneIn} onChange={setOneIn} min={2} max={100000} allowDecimal={false} w={100} />
        <MultiSelect
          label="Kinds of events"
          data={names}
          value={of}
          onChange={setOf}
          searchable
          className="grow"
          placeholder={of.length ? '' : 'choose'}
        />
      </div>
      <TagsInput
        label="Key"
        description="Fields that hold a session together; events that agree in them are kept or left out together"
        data={fields}
        value={key}
        onChange={setKey}
        maxTags={5}
        placeholder={key.length ? '' : 'network.community_id'}
      />
      <WhyField value={why} onChange={setWhy} />
      <div className="row">
        <Button
          type="button"
          variant="default"
          disabled={!ready}
          onClick={() => sample.mutate({ sourceId: source.sourceId, terms, why: '', try: true })}
        >
          What would it cost?
        </Button>
        <Button type="submit" loading={sample.isPending} disabled={!ready || !why.trim()}>
          {standing ? 'Change' : 'Sample'}
        </Button>
        {standing && (
          <Button
            type="button"
            variant="default"
            disabled={!why.trim()}
            onClick={() => sample.mutate({ sourceId: source.sourceId, terms: null, why, try: false })}
          >
            Keep all again
          </Button>
        )}
      </div>
      {told && told.warnings.length === 0 && !told.set && <div className="dim">No rule in force looks at these events.</div>}
      {told && <FindingList findings={told.warnings} />}
      <FindingList findings={findingsOf(sample.error)} />
    </form>
  );
}
