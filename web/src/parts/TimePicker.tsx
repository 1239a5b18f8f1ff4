import { Button, Popover, TextInput } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { useState } from 'react';
import { lasts, resolve, type TimeRange } from './searchLink';
import { utc } from './time';

const words = (range: TimeRange) =>
  'last' in range
    ? (lasts.find(([k]) => k === range.last)?.[1] ?? range.last)
    : `${utc(range.fromMs).slice(0, 19)} to ${utc(range.toMs).slice(0, 19)} UTC`;
const typed = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
const read = (text: string) => Date.parse(`${text.trim().replace(' ', 'T').replace(/Z$/, '')}Z`);

export function TimePicker({ range, onRange }: { range: TimeRange; onRange: (range: TimeRange) => void }) {
  const [opened, setOpened] = useState(false);
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const show = (next: boolean) => {
    const r = resolve(range, Date.now());
    setFrom(typed(r.fromMs));
    setTo(typed(r.toMs));
    setOpened(next);
  };
  const choose = (next: TimeRange) => {
    setOpened(false);
    onRange(next);
  };
  const [a, b] = [read(from), read(to)];
  const fault = Number.isNaN(a) || Number.isNaN(b) ? 'Write 2026-11-22 04:30:00' : a >= b ? 'The end must come after the beginning' : null;
  return (
    <Popover opened={opened} onChange={show} position="bottom-end" width={360} trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconClock size={14} stroke={1.6} />} onClick={() => show(!opened)}>
          {words(range)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className="lasts">
          {lasts.map(([key, label]) => (
            <Button
              key={key}
              size="compact-sm"
              variant={'last' in range && range.last === key ? 'filled' : 'default'}
              onClick={() => choose({ last: key })}
            >
              {label}
            </Button>
          ))}
        </div>
        <form
          className="stack"
          style={{ marginTop: 12 }}
          onSubmit={(e) => {
            e.preventDefault();
            if (!fault) choose({ fromMs: a, toMs: b });
          }}
        >
          <div className="row" style={{ alignItems: 'flex-end' }}>
            <TextInput label="From, UTC" value={from} onChange={(e) => setFrom(e.currentTarget.value)} />
            <TextInput label="To, UTC" value={to} onChange={(e) => setTo(e.currentTarget.value)} />
          </div>
          {fault && <div className="up">{fault}</div>}
          <Button type="submit" variant="default" disabled={fault !== null}>
            Use this range
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
