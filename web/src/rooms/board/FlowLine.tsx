import { Tooltip } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { laneWords, many } from '@/parts/words';
import type { BoardFlow } from '@/wire/types';

/** How the work flows: what waits outside, sleeps, expired; the wished and the actual share of planned work; who holds what. */
export function FlowLine({ flow, set }: { flow: BoardFlow; set: (filter: string) => void }) {
  const { split } = flow;
  const actual = split.pulls ? Math.round((100 * split.planned) / split.pulls) : null;
  const over = flow.loads.filter((l) => l.held > l.limit);
  return (
    <div className="flowline">
      <Count
        n={flow.waiting}
        words="outside"
        tip="Cards that wait for someone outside; the time is not Response's. Click to see them."
        act={() => set('state:waiting')}
      />
      <Count
        n={flow.asleep}
        words="asleep"
        tip="They wake by their date or by their next alert. Click to see them."
        act={() => set('state:asleep')}
      />
      <Tooltip label="Requests to Operations that are not verified yet.">
        <Link to="/inbox" className="flow-count">
          <b>{flow.requests}</b> {flow.requests === 1 ? 'request' : 'requests'}
        </Link>
      </Tooltip>
      <Count
        n={flow.expediteInWork}
        words={`${flow.expediteHidden > 0 ? `+ ${flow.expediteHidden} hidden ` : ''}/ ${flow.expediteLimit} expedite`}
        tip="Expedite cards in work and how many there may be. They may break other limits."
        act={() => set('class:expedite')}
        bad={flow.expediteInWork + flow.expediteHidden > flow.expediteLimit}
      />
      <Tooltip label="Cards that ended because nobody came to them.">
        <Link to="/cases" search={{ state: 'closed', q: 'expired' }} className={`flow-count${flow.expiredUnworked > 0 ? ' up' : ''}`}>
          <b>{flow.expiredUnworked}</b> expired unworked
        </Link>
      </Tooltip>
      <Tooltip
        label={`Planned work had ${split.planned} of ${many(split.pulls, 'pull')} in 28 days; ${split.plannedPercent} % are wished. ${split.oldest} went to the oldest card, ${split.expedite} to expedite. Waiting: ${split.plannedWaiting} planned, ${split.discoveredWaiting} discovered.`}
      >
        <Link to="/board/settings" className="flow-count" data-testid="split">
          planned <b>{actual === null ? '–' : `${actual} %`}</b> of {split.plannedPercent} % wished
          <span className="split-bar" aria-hidden>
            <i style={{ width: `${Math.min(100, actual ?? 0)}%` }} />
            <u style={{ left: `${split.plannedPercent}%` }} />
          </span>
        </Link>
      </Tooltip>
      <span className="grow" />
      {flow.loads.map((l) => (
        <Tooltip
          key={`${l.person}${l.lane}`}
          label={`${l.person} holds ${many(l.held, 'card')} in ${laneWords[l.lane].title}; the limit is ${l.limit}. Click to see them.`}
        >
          <button type="button" className={`bare flow-count${l.held > l.limit ? ' bad' : ''}`} onClick={() => set(`owner:${l.person}`)}>
            {l.person} {laneWords[l.lane].title.toLowerCase()}{' '}
            <b>
              {l.held}/{l.limit}
            </b>
          </button>
        </Tooltip>
      ))}
      {over.length > 0 && <span className="bad">over the limit</span>}
    </div>
  );
}

function Count({ n, words, tip, act, bad = false }: { n: number; words: string; tip: string; act: () => void; bad?: boolean }) {
  return (
    <Tooltip label={tip}>
      <button type="button" className={`bare flow-count${bad ? ' bad' : ''}`} onClick={act}>
        <b>{n}</b> {words}
      </button>
    </Tooltip>
  );
}
