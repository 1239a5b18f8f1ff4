import { Button, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { Answer } from '@/parts/states';
import { many } from '@/parts/words';
import { useSourceGroups } from '@/wire/getSourceGroups';
import { type GroupRule, useGroup } from '@/wire/tellSource';
import type { SourceGroup } from '@/wire/types';
import { WhyField } from './WhyField';

const parts = ['listener', 'host', 'dataset', 'unit', 'tag'] as const;
const empty: GroupRule = { name: '', listener: '', host: '', dataset: '', unit: '', tag: '' };

export function GroupsBox() {
  const groups = useSourceGroups();
  const group = useGroup();
  const [id, setId] = useState('');
  const [rule, setRule] = useState(empty);
  const [why, setWhy] = useState('');
  const edit = (g: SourceGroup) => {
    setId(g.groupId);
    setRule(g.group);
  };
  return (
    <div className="stack" style={{ gap: 14 }}>
      <Answer of={groups} what="the groups">
        {({ groups: list }) =>
          list.length === 0 ? (
            <div className="dim">
              No group yet. What belongs together is judged together: a dead relay is one alarm, and the young learn from the old.
            </div>
          ) : (
            <table className="plain-table">
              <thead>
                <tr>
                  <th>Group</th>
                  <th>Rule</th>
                  <th className="num">Sources</th>
                  <th />
                </tr>
              </thead>
              <tbody>
                {list.map((g) => (
                  <tr key={g.groupId}>
                    <td>
                      <Hostile text={g.group.name || g.groupId} max={60} /> <span className="faint mono">{g.groupId}</span>
                    </td>
                    <td className="mono">
                      <Hostile
                        text={parts
                          .filter((p) => g.group[p])
                          .map((p) => `${p}: ${g.group[p]}`)
                          .join('  ')}
                        max={160}
                      />
                    </td>
                    <td className="num">
                      <Link className="numlink" to="/sources" search={{ group: g.groupId }}>
                        {g.sources}
                      </Link>
                    </td>
                    <td className="num nowrap">
                      <button type="button" className="bare link" onClick={() => edit(g)}>
                        Change
                      </button>{' '}
                      <button
                        type="button"
                        className="bare link"
                        onClick={() => group.mutate({ groupId: g.groupId, group: null, why: why || 'no longer needed' })}
                      >
                        End
                      </button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Answer>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault();
          group.mutate({ groupId: id.trim(), group: rule, why });
        }}
      >
        <div className="form-grid">
          <TextInput label="Id" placeholder="web" value={id} onChange={(e) => setId(e.currentTarget.value)} />
          <TextInput
            label="Name"
            placeholder="Web servers"
            value={rule.name}
            onChange={(e) => setRule({ ...rule, name: e.currentTarget.value })}
          />
          {parts.map((p) => (
            <TextInput
              key={p}
              label={p.charAt(0).toUpperCase() + p.slice(1)}
              placeholder={p === 'host' ? 'web*' : 'any'}
              value={rule[p]}
              onChange={(e) => setRule({ ...rule, [p]: e.currentTarget.value })}
            />
          ))}
        </div>
        <div className="row" style={{ alignItems: 'flex-end' }}>
          <WhyField value={why} onChange={setWhy} />
          <Button type="submit" disabled={!id.trim()} loading={group.isPending}>
            Save group
          </Button>
        </div>
        <FindingList findings={findingsOf(group.error)} />
        {groups.data && group.isSuccess && <span className="down">Saved; {many(groups.data.groups.length, 'group')}.</span>}
      </form>
    </div>
  );
}
