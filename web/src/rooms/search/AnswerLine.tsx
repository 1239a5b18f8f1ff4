import { Menu, Popover, Tooltip } from '@mantine/core';
import { download, toCsv, toJsonLines } from '@/parts/csv';
import { FindingList } from '@/parts/FindingView';
import { utc } from '@/parts/time';
import { bytes, many, whole } from '@/parts/words';
import type { SearchAnswer } from '@/wire/types';

const states = {
  complete: ['complete', 'Every event of the time range was looked at, and every matching row is here.'],
  limited: ['limited', 'More rows match than are shown. Narrow the time, add a filter, or raise the limit with take.'],
  partial: ['partial', 'The search stopped before it had looked at everything. Counts may be too low.'],
} as const;

export function AnswerLine({ answer, range, stale }: { answer: SearchAnswer; range: { fromMs: number; toMs: number }; stale: boolean }) {
  const { stats } = answer;
  const [word, meaning] = states[stats.state] ?? [stats.state, ''];
  const name = `andon-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}`;
  return (
    <div className="answerline" role="status">
      <Tooltip label={meaning}>
        <span className={`answer-state answer-${stats.state}`}>{word}</span>
      </Tooltip>
      <Tooltip label="Rows in this answer">
        <b>{many(stats.rows, 'row')}</b>
      </Tooltip>
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
      {stale && <span className="faint">asking again …</span>}
      <span className="grow" />
      <Menu position="bottom-end">
        <Menu.Target>
          <button type="button" className="bare link">
            Export
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => download(`${name}.csv`, 'text/csv;charset=utf-8', `\ufeff${toCsv(answer.columns, answer.rows)}`)}>
            CSV, safe for spreadsheets
          </Menu.Item>
          <Menu.Item onClick={() => download(`${name}.jsonl`, 'application/x-ndjson', toJsonLines(answer.columns, answer.rows))}>
            JSON lines
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
