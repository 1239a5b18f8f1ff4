import { Button, MultiSelect, NumberInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FactLink } from '@/parts/FactLink';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { Answer } from '@/parts/states';
import { actorWord } from '@/parts/words';
import { useSourceGroups } from '@/wire/getSourceGroups';
import { useSourceSettings } from '@/wire/getSourceSettings';
import { useBudget, useCalendar } from '@/wire/tellSource';
import type { SourceSettings } from '@/wire/types';
import { WhyField } from './WhyField';

export const budgetWords = (perMonth: number) =>
  perMonth <= 0
    ? 'none'
    : perMonth >= 1
      ? `${Number(perMonth.toFixed(1))} a month`
      : perMonth * 12 >= 1
        ? `${Number((perMonth * 12).toFixed(1))} a year`
        : `one in ${Math.round(1 / (perMonth * 12))} years`;

export function SettingsBox() {
  const settings = useSourceSettings();
  return (
    <Answer of={settings} what="the settings">
      {(s) => (
        <div className="stack" style={{ gap: 16 }}>
          <Budgets settings={s} />
          <Calendars settings={s} />
        </div>
      )}
    </Answer>
  );
}

function Budgets({ settings }: { settings: SourceSettings }) {
  const groups = useSourceGroups().data?.groups ?? [];
  const budget = useBudget();
  const [subject, setSubject] = useState('house:house');
  const [perMonth, setPerMonth] = useState<number | string>(settings.perMonth);
  const [why, setWhy] = useState('');
  return (
    <section className="stack" aria-label="False alarms">
      <h3 className="box-head">False alarms about silence that are bearable</h3>
      <div className="dim">
        From it follows how long a pause must be to be told. All sources: {settings.perMonth} a source and month (
        {budgetWords(settings.perMonth)}). A source's own goes before its group's, that before this. It is a budget for each: the{' '}
        {settings.judged} sources, hosts, relays and groups that are judged now may together make <b>{budgetWords(settings.inAll ?? 0)}</b>.
      </div>
      {settings.budgets.length > 0 && (
        <table className="plain-table">
          <tbody>
            {settings.budgets.map((b) => (
              <tr key={b.subjectId}>
                <td className="mono">
                  <Hostile text={b.subjectId} max={80} />
                </td>
                <td className="nowrap">{budgetWords(b.perMonth)}</td>
                <td>
                  <FactLink seq={b.fact}>
                    {actorWord(b.actor)}: <Hostile text={b.why} max={120} />
                  </FactLink>
                </td>
                <td className="num">
                  <button
                    type="button"
                    className="bare link"
                    onClick={() => budget.mutate({ subjectId: b.subjectId, perMonth: null, why: why || 'back to the common one' })}
                  >
                    Take back
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <form
        className="row wrap"
        style={{ alignItems: 'flex-end' }}
        onSubmit={(e) => {
          e.preventDefault();
          budget.mutate({ subjectId: subject.trim(), perMonth: Number(perMonth), why });
        }}
      >
        <TextInput
          label="For"
          description="house:house, source:ID or group:ID"
          value={subject}
          onChange={(e) => setSubject(e.currentTarget.value)}
          list="budget-subjects"
          w={220}
        />
        <datalist id="budget-subjects">
          <option value="house:house" />
          {groups.map((g) => (
            <option key={g.groupId} value={`group:${g.groupId}`} />
          ))}
        </datalist>
        <NumberInput
          label="A month"
          description="0.02 is one in four years"
          value={perMonth}
          onChange={setPerMonth}
          min={0.0001}
          max={30}
          step={0.01}
          w={150}
        />
        <WhyField value={why} onChange={setWhy} />
        <Button type="submit" variant="default" loading={budget.isPending} disabled={!why.trim()}>
          Set
        </Button>
      </form>
      <FindingList findings={findingsOf(budget.error)} />
    </section>
  );
}

function Calendars({ settings }: { settings: SourceSettings }) {
  const groups = useSourceGroups().data?.groups ?? [];
  const calendar = useCalendar();
  const [id, setId] = useState('');
  const [name, setName] = useState('');
  const [days, setDays] = useState('');
  const [of, setOf] = useState<string[]>([]);
  const [why, setWhy] = useState('');
  return (
    <section className="stack" aria-label="Holidays">
      <h3 className="box-head">Days on which people rest</h3>
      <div className="dim">
        A source is expected to be as quiet on these days as on a Sunday. Without a group a calendar holds for all sources.
      </div>
      {settings.calendars.map((c) => (
        <div key={c.calendarId} className="row between">
          <span>
            <b>
              <Hostile text={c.calendar.name || c.calendarId} max={60} />
            </b>{' '}
            <span className="faint">{c.calendar.groups.length === 0 ? 'all sources' : c.calendar.groups.join(', ')}</span>{' '}
            <span className="mono">
              <Hostile text={c.calendar.days.join(' ')} max={200} />
            </span>
          </span>
          <span className="row nowrap">
            <button
              type="button"
              className="bare link"
              onClick={() => {
                setId(c.calendarId);
                setName(c.calendar.name);
                setDays(c.calendar.days.join('\n'));
                setOf(c.calendar.groups);
              }}
            >
              Change
            </button>
            <button
              type="button"
              className="bare link"
              onClick={() => calendar.mutate({ calendarId: c.calendarId, calendar: null, why: why || 'no longer kept' })}
            >
              End
            </button>
          </span>
        </div>
      ))}
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault();
          calendar.mutate({ calendarId: id.trim(), calendar: { name, days: days.split(/[\s,]+/).filter(Boolean), groups: of }, why });
        }}
      >
        <div className="form-grid">
          <TextInput label="Id" placeholder="bavaria" value={id} onChange={(e) => setId(e.currentTarget.value)} />
          <TextInput label="Name" placeholder="Bavaria" value={name} onChange={(e) => setName(e.currentTarget.value)} />
          <MultiSelect
            label="Groups"
            placeholder={of.length ? '' : 'all sources'}
            data={groups.map((g) => g.groupId)}
            value={of}
            onChange={setOf}
          />
        </div>
        <Textarea
          label="Days"
          description="2026-05-15 for one day, 12-25 for each year's, easter-2, easter+1, easter+39"
          placeholder={'01-01 12-25 12-26\neaster-2 easter+1'}
          autosize
          minRows={2}
          maxRows={6}
          classNames={{ input: 'mono' }}
          value={days}
          onChange={(e) => setDays(e.currentTarget.value)}
        />
        <div className="row" style={{ alignItems: 'flex-end' }}>
          <WhyField value={why} onChange={setWhy} />
          <Button type="submit" variant="default" loading={calendar.isPending} disabled={!why.trim() || !id.trim()}>
            Save calendar
          </Button>
        </div>
      </form>
      <FindingList findings={findingsOf(calendar.error)} />
    </section>
  );
}
