import { Button, NumberInput, Select, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { kqlText } from '@/parts/kql';
import { ParameterFields } from '@/parts/ParameterFields';
import { givenOf, valuesOf } from '@/parts/searchLink';
import { Answer } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { bytes, levelWords, whole } from '@/parts/words';
import { useSavedSearch } from '@/wire/getSavedSearch';
import { type ScheduleAsk, useScheduleSearch } from '@/wire/scheduleSearch';
import { useColumns } from '@/wire/search';
import type { Level, SavedSearch, Schedule } from '@/wire/types';
import { EntityColumns } from './EntityColumns';

/** Lets a search run by itself, its rows becoming alerts; shows how its runs went. */
export function ScheduleForm({ searchId, close }: { searchId: string; close: () => void }) {
  return (
    <Answer of={useSavedSearch(searchId)} what="the schedule">
      {(d) => (
        <div className="stack" style={{ gap: 14 }}>
          <Form key={d.search.schedule?.fact ?? 0} search={d.search} close={close} />
          {d.search.schedule && <Runs schedule={d.search.schedule} />}
        </div>
      )}
    </Answer>
  );
}

function Form({ search, close }: { search: SavedSearch; close: () => void }) {
  const now = search.schedule;
  const [every, setEvery] = useState(now?.everyMinutes ?? 5);
  const [back, setBack] = useState(now?.lookBackMinutes ?? 0);
  const [title, setTitle] = useState(now?.title ?? search.name);
  const [level, setLevel] = useState<Level>(now?.level ?? 'medium');
  const [queue, setQueue] = useState<ScheduleAsk['queue']>(now?.queue ?? 'testing');
  const [values, setValues] = useState(valuesOf(search.parameters, now?.values));
  const [entities, setEntities] = useState(now?.entities ?? []);
  const columns = useColumns(search, values).data?.columns.map((c) => c.name) ?? [];
  const [why, setWhy] = useState('');
  const schedule = useScheduleSearch();
  const give = (enabled: boolean) =>
    schedule.mutate(
      {
        id: search.searchId,
        ask: {
          enabled,
          everyMinutes: every,
          lookBackMinutes: back,
          title,
          level,
          queue,
          entities: entities.filter((e) => e.column !== ''),
          values: givenOf(values),
          why,
        },
      },
      { onSuccess: () => !enabled && close() },
    );
  return (
    <form
      className="stack"
      style={{ gap: 10 }}
      onSubmit={(e) => {
        e.preventDefault();
        give(true);
      }}
    >
      <p className="dim" style={{ margin: 0 }}>
        Each run reads what became searchable since the run before, by order of arrival: what comes late is not missed, and nothing is told
        twice. Each row becomes an alert with links to its events; hosts, users and addresses are taken from the columns of that name.
      </p>
      <TextInput label="Title of the alert" required value={title} onChange={(e) => setTitle(e.currentTarget.value)} />
      <div className="row wrap" style={{ alignItems: 'flex-end' }}>
        <NumberInput label="Every, minutes" min={1} max={1440} value={every} onChange={(v) => setEvery(Number(v) || 1)} w={110} />
        <NumberInput
          label="Looks back, minutes"
          title="0 reads what is new alone. A count over a longer time needs to look back that far."
          min={0}
          max={10_080}
          value={back}
          onChange={(v) => setBack(Number(v) || 0)}
          w={130}
        />
        <Select
          label="Level"
          data={Object.entries(levelWords).map(([value, label]) => ({ value, label }))}
          value={level}
          onChange={(v) => v && setLevel(v as Level)}
          allowDeselect={false}
          w={110}
        />
        <Select
          label="Queue"
          data={[
            { value: 'testing', label: 'testing: counted, no case' },
            { value: 'production', label: 'production: makes cases' },
          ]}
          value={queue}
          onChange={(v) => v && setQueue(v as ScheduleAsk['queue'])}
          allowDeselect={false}
          w={220}
        />
      </div>
      {values.length > 0 && (
        <ParameterFields values={values} parameters={search.parameters} onChange={setValues} onRun={() => give(true)} />
      )}
      <EntityColumns columns={columns} value={entities} onChange={setEntities} />
      <TextInput label="Why" value={why} onChange={(e) => setWhy(e.currentTarget.value)} />
      <FindingList findings={findingsOf(schedule.error)} />
      <div className="row">
        <Button type="submit" loading={schedule.isPending}>
          {now?.enabled ? 'Change the schedule' : 'Schedule'}
        </Button>
        {now?.enabled && (
          <Button variant="default" onClick={() => give(false)}>
            End the schedule
          </Button>
        )}
      </div>
    </form>
  );
}

function Runs({ schedule }: { schedule: Schedule }) {
  return (
    <section className="stack" style={{ gap: 6 }}>
      <div className="row between">
        <h3 style={{ margin: 0 }}>Runs</h3>
        <Link className="link" to="/search" search={{ q: `Alerts\n| where rule_id == ${kqlText(schedule.ruleId)}`, last: '7d' }}>
          Its alerts
        </Link>
      </div>
      {schedule.runs.length === 0 && <p className="faint">It has not run yet since the program began.</p>}
      {schedule.runs.length > 0 && (
        <table className="fields runs-table">
          <thead>
            <tr>
              <th>At</th>
              <th>Records</th>
              <th>Rows</th>
              <th>Alerts</th>
              <th>Read</th>
              <th>Took</th>
            </tr>
          </thead>
          <tbody>
            {schedule.runs.map((r) => (
              <tr key={r.atMs}>
                <td>
                  <TimeText ms={r.atMs} form="ago" />
                </td>
                <td>{whole(r.to - r.from)}</td>
                <td>{whole(r.rows)}</td>
                <td>{whole(r.alerts)}</td>
                <td>{bytes(r.scannedBytes)}</td>
                <td>{whole(r.elapsedMs)} ms</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <FindingList findings={schedule.runs.flatMap((r) => (r.finding ? [r.finding] : [])).slice(0, 3)} />
    </section>
  );
}
