import { Button, Popover } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { EntityChip, inOrder } from '@/parts/EntityChip';
import { Hostile } from '@/parts/Hostile';
import { LevelMark } from '@/parts/LevelMark';
import { Priority } from '@/parts/Priority';
import { RequestButton } from '@/parts/RequestDialog';
import { TacticStrip } from '@/parts/TacticStrip';
import { TimeText } from '@/parts/TimeText';
import { laneWords, verdictWords, whole } from '@/parts/words';
import type { CaseView } from '@/wire/types';
import { useCards } from './Related';
import { ReopenButton } from './ReopenButton';
import { WhyBar } from './WhyBar';
import { WhyTable } from './WhyTable';

interface Acts {
  pull: () => void;
  move: () => void;
  run: () => void;
  close: () => void;
}

export function CaseHead({ view, act }: { view: CaseView; act: Acts }) {
  const { card, closed } = view;
  const cards = useCards();
  return (
    <header className="case-head">
      <Link to="/board" className="case-back" aria-label="Board" title="Board (u)">
        <IconArrowLeft size={17} stroke={1.6} />
      </Link>
      <Popover width={520} position="bottom-start" withinPortal>
        <Popover.Target>
          <button
            type="button"
            className="bare case-prio"
            title="Why this priority"
            aria-label={`Priority ${Math.round(card.priority)}: why`}
          >
            <Priority value={card.priority} large />
            <span className="link">why</span>
          </button>
        </Popover.Target>
        <Popover.Dropdown>
          <WhyBar why={view.why} />
          <WhyTable why={view.why} priority={card.priority} />
        </Popover.Dropdown>
      </Popover>
      <div className="case-what">
        <div className="row wrap" style={{ gap: 10 }}>
          <span className="faint">#{card.number}</span>
          <LevelMark level={card.level} />
          <span className="tag">{closed ? `Closed: ${verdictWords[closed.verdict] ?? closed.verdict}` : laneWords[card.lane].title}</span>
          <span className="dim">
            {card.domain} · {card.owner ? <>owned by {card.owner}</> : 'nobody owns it yet'} · open for{' '}
            <TimeText ms={card.openedMs} form="since" /> · last evidence <TimeText ms={card.lastMs} form="ago" />
          </span>
        </div>
        <h1>
          <Hostile text={card.title} max={240} />
        </h1>
        <div className="row wrap" style={{ gap: 6 }}>
          {inOrder(card.entities).map((e) => (
            <EntityChip key={`${e.kind}:${e.value}`} kind={e.kind} value={e.value} seenIn={e.seenIn} />
          ))}
          <TacticStrip tactics={card.tactics} />
          {card.authorised && (
            <span className="tag" title="All of it is by those whom the allow-list names; it stays under the floor of the queue">
              authorised activity: <Hostile text={card.authorised} max={60} />
            </span>
          )}
          {card.recurrenceOf && (
            <Link
              className="tag numlink"
              to="/cases/$caseId"
              params={{ caseId: card.recurrenceOf }}
              title="It would have joined that closed case"
            >
              recurrence of {card.recurrenceOf}
            </Link>
          )}
          {card.relatedTo.length > 0 && (
            <span className="dim">
              related:{' '}
              {card.relatedTo.map((id) => (
                <Link
                  key={id}
                  className="link"
                  to="/cases/$caseId"
                  params={{ caseId: id }}
                  title={cards.get(id)?.title}
                  style={{ marginRight: 6 }}
                >
                  {cards.get(id) ? `#${cards.get(id)?.number}` : id}
                </Link>
              ))}
            </span>
          )}
          <span className="faint">
            {whole(card.alerts)} alerts in {whole(card.signals)} signals
          </span>
        </div>
      </div>
      <div className="case-acts">
        {closed ? (
          <ReopenButton caseId={card.caseId} />
        ) : (
          <>
            {card.lane === 'new' && <Button onClick={act.pull}>Pull</Button>}
            <Button variant="default" onClick={act.move} title="Move (m)">
              Move
            </Button>
            <Button variant="default" onClick={act.run} title="Run a playbook (r)">
              Run playbook
            </Button>
            {card.owner && <RequestButton card={card} />}
            <Button variant="default" onClick={act.close} title="End: close the case (e)">
              Close
            </Button>
          </>
        )}
      </div>
    </header>
  );
}
