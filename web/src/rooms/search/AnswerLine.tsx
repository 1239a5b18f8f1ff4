import { Menu, Popover, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useRef } from 'react';
import { FindingList, findingsOf } from '@/parts/FindingView';
import { SampledMark } from '@/parts/SampledMark';
import { utc } from '@/parts/time';
import { bytes, many, whole } from '@/parts/words';
import { useExport } from '@/wire/exportSearch';
import type { SearchAnswer, SearchAsk } from '@/wire/types';

const states = {
  complete: ['complete', 'Every row of the time range was looked at, and every one that matches is here.'],
  limited: ['limited', 'More rows match than are shown. Narrow the time, add a filter, or load more.'],
  partial: ['partial', 'The search stopped before it had looked at everything. Counts may be too low.'],
} as const;

interface Props {
  answer: SearchAnswer;
  ask: SearchAsk;
  range: { fromMs: number; toMs: number };
  /** Given when more rows can be had than these. */
  more?: () => void;
}

export function AnswerLine({ answer, ask, range, more }: Props) {
  const { stats } = answer;
  const [word, meaning] = states[stats.state] ?? [stats.state, ''];
  return (
    <div className="answerline" role="status">
      <Tooltip label={meaning}>
        <span className={`answer-state answer-${stats.state}`}>{word}</span>
      </Tooltip>
      <SampledMark findings={answer.findings} />
      <Tooltip label="Rows in this answer">
        <b>{many(stats.rows, 'row')}</b>
      </Tooltip>
      {more && stats.state === 'limited' && (
        <button type="button" className="bare link" onClick={more}>
          up to 100 000
        </button>
      )}
      <Tooltip
        label={`Events the engine looked at, and the bytes it read, to find these rows. From ${utc(range.fromMs)} to ${utc(range.toMs)}.`}
      >
        <span className="dim">
          {whole(stats.scannedRows)} scanned, {bytes(stats.scannedBytes)}
        </span>
      </Tooltip>
      <Tooltip label="Time the server took">
        <span className="dim">{whole(stats.elapsedMs)} ms</span>
      </Tooltip>
      {answer.findings.length > 0 && (
        <Popover width={420} position="bottom-start">
          <Popover.Target>
            <button type="button" className="bare link">
              {many(answer.findings.length, 'finding')}
            </button>
          </Popover.Target>
          <Popover.Dropdown>
            <FindingList findings={answer.findings} />
          </Popover.Dropdown>
        </Popover>
      )}
      <span className="grow" />
      <ExportMenu ask={ask} range={range} />
    </div>
  );
}

/** All rows as a file, made by the server and written down there. */
function ExportMenu({ ask, range }: { ask: SearchAsk; range: { fromMs: number; toMs: number } }) {
  const file = useExport();
  const abort = useRef<AbortController | null>(null);
  const start = (format: 'csv' | 'jsonl') => {
    abort.current = new AbortController();
    file.mutate(
      { ask: { kql: ask.kql, values: ask.values ?? undefined, ...range, format }, signal: abort.current.signal },
      {
        onSuccess: (made) =>
          notifications.show({
            message: `Exported ${bytes(made.bytes)}${made.state === 'limited' ? '. Not all rows: the export reached its limit.' : ', all rows.'}`,
            color: made.state === 'limited' ? 'orange' : 'green',
          }),
        onError: (why) => {
          if (!(why instanceof DOMException))
            notifications.show({ message: findingsOf(why)[0]?.message ?? 'The export failed.', color: 'red' });
        },
      },
    );
  };
  if (file.isPending)
    return (
      <span className="dim">
        Exporting …{' '}
        <button type="button" className="bare link" onClick={() => abort.current?.abort()}>
          Cancel
        </button>
      </span>
    );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <button type="button" className="bare link">
          Export
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>All rows, up to 1 000 000; the export is recorded</Menu.Label>
        <Menu.Item onClick={() => start('csv')}>CSV, safe for spreadsheets</Menu.Item>
        <Menu.Item onClick={() => start('jsonl')}>JSON lines</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
