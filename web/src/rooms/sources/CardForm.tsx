import { Autocomplete, Button, Checkbox, NumberInput, Select, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Panel } from '@/parts/Panel';
import { useParsers } from '@/wire/getParsers';
import { useRetentionClasses } from '@/wire/getRetention';
import { useDescribe } from '@/wire/tellSource';
import type { SourceCard, SourceDetail } from '@/wire/types';
import { WhyField } from './WhyField';

const texts: [keyof SourceCard & ('name' | 'owner' | 'unit' | 'dataClass' | 'assetId' | 'format' | 'zone' | 'filtered'), string, string][] =
  [
    ['name', 'Name', 'site-env-role-product-nn'],
    ['owner', 'Owner', 'Who mends it'],
    ['unit', 'Unit', 'Whose it is'],
    ['dataClass', 'Data class', 'For example personal data'],
    ['assetId', 'Asset', 'Id of its machine among the assets'],
    ['format', 'Expected format', 'What its sender is set to'],
    ['zone', 'Time zone', 'Of its people, for example Europe/Berlin'],
    ['filtered', 'Filtered', 'What its sender leaves out on purpose; then gaps are lawful'],
  ];

/** What people say of a source, whole; every change is kept with what was said before. */
export function CardForm({ source }: { source: SourceDetail }) {
  const [card, setCard] = useState<SourceCard>(source.card);
  const [why, setWhy] = useState('');
  const parsers = useParsers().data?.parsers ?? [];
  const classes = (useRetentionClasses().data?.classes ?? []).map((c) => c.classId);
  const describe = useDescribe();
  const set = (part: Partial<SourceCard>) => setCard({ ...card, ...part });
  const same = JSON.stringify(card) === JSON.stringify(source.card);
  const better = /For example (\S+?)\.?$/.exec(source.naming[0]?.hint ?? '')?.[1];
  return (
    <Panel title="What people say of it">
      <form
        className="stack"
        style={{ gap: 12, maxWidth: 860 }}
        onSubmit={(e) => {
          e.preventDefault();
          describe.mutate({ sourceId: source.sourceId, card, why }, { onSuccess: () => setWhy('') });
        }}
      >
        {source.naming.length > 0 && <FindingList findings={source.naming} />}
        {better && card.name !== better && (
          <div>
            <Button variant="default" onClick={() => set({ name: better })}>
              Use {better}
            </Button>
          </div>
        )}
        <div className="form-grid">
          {texts.map(([key, label, about]) => (
            <TextInput
              key={key}
              label={label}
              description={about}
              value={card[key]}
              onChange={(e) => set({ [key]: e.currentTarget.value })}
            />
          ))}
          <Autocomplete
            label="Expected parser"
            description="Another one then is seen"
            data={parsers.map((p) => p.name)}
            limit={20}
            value={card.parser}
            onChange={(parser) => set({ parser })}
          />
          <Autocomplete
            label="Retention class"
            description="How long its events are kept"
            data={classes}
            value={card.retention}
            onChange={(retention) => set({ retention })}
          />
          <Select
            label="Criticality"
            description="As for assets"
            data={['0', '0.5', '1', '1.5', '2'].map((v) => ({ value: v, label: v === '0' ? 'not said' : v }))}
            value={String(card.criticality)}
            onChange={(v) => set({ criticality: Number(v) })}
            allowDeselect={false}
          />
          <NumberInput
            label="Events a day"
            description="As its owner expects; 0 is not said"
            min={0}
            value={card.eventsPerDay}
            onChange={(v) => set({ eventsPerDay: Number(v) || 0 })}
          />
        </div>
        <TagsInput label="Tags" value={card.tags} onChange={(tags) => set({ tags })} splitChars={[',', ' ']} />
        <Checkbox
          label="Confirmed: this sender is known and wanted"
          checked={card.confirmed}
          onChange={(e) => set({ confirmed: e.currentTarget.checked })}
        />
        <div className="row" style={{ alignItems: 'flex-end' }}>
          <WhyField value={why} onChange={setWhy} />
          <Button type="submit" disabled={same} loading={describe.isPending}>
            Save
          </Button>
          {describe.isSuccess && same && <span className="down">Saved.</span>}
        </div>
        <FindingList findings={findingsOf(describe.error)} />
      </form>
    </Panel>
  );
}
