import { Button, MultiSelect, NumberInput, TagsInput, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Panel } from '@/parts/Panel';
import { Answer } from '@/parts/states';
import { laneWords } from '@/parts/words';
import { useBoardSettings, useSetBoard } from '@/wire/boardSettings';
import { useSession } from '@/wire/getSession';
import type { BoardSettings, Lane } from '@/wire/types';

const limitWords = (of: string) =>
  of === 'person'
    ? 'Cards of one person in one lane'
    : of === 'expedite'
      ? 'Expedite cards in work'
      : `Cards in ${laneWords[of as Lane]?.title ?? of}`;

/** How the team works: limits, the split, who can do what, and what re-routing taught. */
export default function SettingsPage() {
  const settings = useBoardSettings();
  const roles = useSession().data?.roles ?? [];
  const lead = roles.some((r) => r === 'admin' || r === 'champion' || r === 'manager');
  return (
    <div className="page">
      <header className="page-head">
        <Link to="/board" className="link">
          Board
        </Link>
        <h1>How the team works</h1>
        {!lead && <span className="dim">You may read this; who leads may change it.</span>}
      </header>
      <div className="page-body scroll">
        <Answer of={settings} what="the settings of the board">
          {(s) => (
            <div className="stack" style={{ gap: 14, maxWidth: 900 }}>
              <Limits settings={s} lead={lead} />
              <People settings={s} lead={lead} />
              <Learned settings={s} />
            </div>
          )}
        </Answer>
      </div>
    </div>
  );
}

function Limits({ settings, lead }: { settings: BoardSettings; lead: boolean }) {
  const set = useSetBoard();
  const [maxes, setMaxes] = useState<Record<string, number>>({});
  const [why, setWhy] = useState('');
  const [percent, setPercent] = useState<number | undefined>();
  const changed = settings.limits.filter((l) => maxes[l.of] !== undefined && maxes[l.of] !== l.max);
  const split = percent !== undefined && percent !== settings.plannedPercent;
  const save = async () => {
    for (const l of changed) await set.mutateAsync({ what: 'limits', with: { of: l.of, max: maxes[l.of], why } }).catch(() => undefined);
    if (split) await set.mutateAsync({ what: 'split', with: { plannedPercent: percent, why } }).catch(() => undefined);
  };
  return (
    <Panel title="Limits and the split">
      <table className="plain-table">
        <tbody>
          {settings.limits.map((l) => (
            <tr key={l.of} className="settings-row">
              <td>{limitWords(l.of)}</td>
              <td style={{ width: 110 }}>
                <NumberInput
                  aria-label={limitWords(l.of)}
                  disabled={!lead}
                  min={1}
                  max={1000}
                  value={maxes[l.of] ?? l.max}
                  onChange={(v) => setMaxes({ ...maxes, [l.of]: Number(v) || 1 })}
                />
              </td>
              <td className="faint">{l.said ? 'set by a person' : 'as it ships'}</td>
            </tr>
          ))}
          <tr>
            <td>Planned work, of all pulls</td>
            <td>
              <NumberInput
                aria-label="Planned work, of all pulls"
                disabled={!lead}
                min={0}
                max={90}
                suffix=" %"
                value={percent ?? settings.plannedPercent}
                onChange={(v) => setPercent(Number(v) || 0)}
              />
            </td>
            <td className="faint">one pull in ten is for the oldest standard card, whatever stands here</td>
          </tr>
        </tbody>
      </table>
      {(changed.length > 0 || split) && (
        <div className="row" style={{ marginTop: 10 }}>
          <TextInput
            style={{ flex: 1 }}
            aria-label="Reason"
            placeholder="Reason, kept with the change"
            value={why}
            onChange={(e) => setWhy(e.currentTarget.value)}
          />
          <Button onClick={() => void save()} loading={set.isPending}>
            Set
          </Button>
        </div>
      )}
      <FindingList findings={findingsOf(set.error)} />
    </Panel>
  );
}

function People({ settings, lead }: { settings: BoardSettings; lead: boolean }) {
  const set = useSetBoard();
  const [person, setPerson] = useState('');
  const [domains, setDomains] = useState<string[]>([]);
  const [skills, setSkills] = useState<string[]>([]);
  const [why, setWhy] = useState('');
  const edit = (name: string) => {
    const known = settings.people.find((p) => p.person === name);
    setPerson(name);
    setDomains(known?.domains ?? []);
    setSkills(known?.skills ?? []);
  };
  return (
    <Panel title="Who is given what">
      <p className="dim" style={{ margin: '0 0 8px' }}>
        "Next" gives a person only cards of their domains, and of skills that they have. Who is not named here may be given anything.
      </p>
      {settings.people.length > 0 && (
        <table className="plain-table">
          <thead>
            <tr>
              <th>Person</th>
              <th>Domains</th>
              <th>Skills</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {settings.people.map((p) => (
              <tr key={p.person}>
                <td>{p.person}</td>
                <td>{p.domains.join(', ') || <span className="faint">any</span>}</td>
                <td>{p.skills.join(', ') || <span className="faint">none named</span>}</td>
                <td>
                  {lead && (
                    <Button variant="subtle" onClick={() => edit(p.person)}>
                      Change
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {lead && (
        <form
          style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(190px, 1fr))', gap: 10, alignItems: 'end', marginTop: 8 }}
          onSubmit={(e) => {
            e.preventDefault();
            set.mutate(
              { what: 'people', with: { person, domains, skills, why } },
              {
                onSuccess: () => {
                  setPerson('');
                  setDomains([]);
                  setSkills([]);
                  setWhy('');
                },
              },
            );
          }}
        >
          <TextInput label="Person" value={person} onChange={(e) => setPerson(e.currentTarget.value)} />
          <MultiSelect
            label="Domains"
            data={settings.domains}
            value={domains}
            onChange={setDomains}
            placeholder={domains.length ? undefined : 'any'}
          />
          <TagsInput
            size="xs"
            label="Skills"
            value={skills}
            onChange={setSkills}
            placeholder={skills.length ? undefined : 'Enter after each'}
          />
          <TextInput label="Reason" value={why} onChange={(e) => setWhy(e.currentTarget.value)} />
          <Button type="submit" loading={set.isPending}>
            Set
          </Button>
        </form>
      )}
      <FindingList findings={findingsOf(set.error)} />
    </Panel>
  );
}

function Learned({ settings }: { settings: BoardSettings }) {
  return (
    <Panel title="What re-routing taught">
      <p className="dim" style={{ margin: '0 0 8px' }}>
        {settings.reroutes === 0
          ? 'Nobody re-routed a card yet. Alerts that no routing rule fits go where people sent their like, from the second time on.'
          : `${settings.reroutes} cards were re-routed. Alerts that no routing rule fits go where most of their like were sent, from the second time on.`}{' '}
        {settings.samePerson > 0 && (
          <b className="up">In {settings.samePerson} remediation requests one person did the change and also verified or closed it.</b>
        )}
      </p>
      {settings.learned.length > 0 && (
        <table className="plain-table">
          <thead>
            <tr>
              <th>Of</th>
              <th>Sent to</th>
              <th className="num">Times</th>
            </tr>
          </thead>
          <tbody>
            {settings.learned.map((l) => (
              <tr key={`${l.what}${l.domain}`}>
                <td className="mono">{l.what}</td>
                <td>{l.domain}</td>
                <td className="num">{l.times}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
