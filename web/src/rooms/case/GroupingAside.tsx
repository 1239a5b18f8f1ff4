import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { FactLink } from '@/parts/FactLink';
import { Hostile } from '@/parts/Hostile';
import { Panel } from '@/parts/Panel';
import { RuleLink } from '@/parts/RuleLink';
import { TimeText } from '@/parts/TimeText';
import { actorWord, laneWords, many, verdictWords } from '@/parts/words';
import type { CaseLine, Grouping, SimilarCase, Twig } from '@/wire/types';
import type { RegroupWish } from './RegroupDialog';

interface Props {
  g: Grouping;
  here: Twig | null;
  closed: boolean;
  ask: (wish: RegroupWish) => void;
}

export function GroupingAside({ g, here, closed, ask }: Props) {
  return (
    <aside className="grouping-aside scroll">
      <Panel title={here ? 'Why this signal is here' : 'Why these are one case'}>{here ? <Reason twig={here} /> : <Help />}</Panel>
      {g.authorised && (
        <Panel title="Authorised activity">
          <p className="dim">
            All of it is by those whom the entry “<Hostile text={g.authorised} />” of the allow-list names. It stays under the floor; one
            alert by anybody else, and it is a case like any other.
          </p>
        </Panel>
      )}
      <Recurrences g={g} />
      <Parts g={g} closed={closed} ask={ask} />
      <SimilarCases g={g} closed={closed} ask={ask} />
      <Partings g={g} ask={ask} />
      <Moves g={g} closed={closed} ask={ask} />
      <CampaignPanel g={g} />
    </aside>
  );
}

function Reason({ twig }: { twig: Twig }) {
  return (
    <div className="stack" style={{ gap: 6 }}>
      <RuleLink ruleId={twig.ruleId} title={twig.title} />
      <div className="dim">
        <Hostile text={twig.entity} max={120} /> · <FactLink seq={twig.factSeq} />
      </div>
      {twig.join ? (
        <>
          <div>
            <Hostile text={twig.join.text} max={400} />
          </div>
          {twig.under > 0 && <div className="faint">{many(twig.under, 'signal')} hang on it.</div>}
        </>
      ) : (
        <div className="dim">
          {twig.homeNumber ? `The first of case #${twig.homeNumber}, which was merged in.` : 'The first of its tree: it opened the case.'}
        </div>
      )}
    </div>
  );
}

const Help = () => (
  <p className="dim">
    Each signal hangs on the one it was joined with. Choose one with <span className="kbd">j</span> <span className="kbd">k</span> to read
    its reason; <span className="kbd">x</span> undoes its join, <span className="kbd">Space</span> chooses it,{' '}
    <span className="kbd">s</span> splits off what is chosen.
  </p>
);

function Line({ of, children }: { of: CaseLine | SimilarCase['case']; children?: React.ReactNode }) {
  return (
    <div className="case-line">
      <div className="grow">
        <Link className="numlink" to="/cases/$caseId" params={{ caseId: of.caseId }} search={{ tab: 'grouping' }}>
          #{of.number} <Hostile text={of.title} max={110} />
        </Link>
        <div className="faint">
          {of.verdict ? verdictWords[of.verdict] : 'lane' in of ? laneWords[of.lane].title : of.open ? 'open' : 'closed'}
          {'lane' in of && `${of.owner ? `, ${of.owner}` : ''}, ${many(of.signals, 'signal')}`}
        </div>
      </div>
      {children}
    </div>
  );
}

function Recurrences({ g }: { g: Grouping }) {
  if (!g.recurrenceOf && g.recurredAs.length === 0) return null;
  return (
    <Panel title="Recurrence">
      {g.recurrenceOf && (
        <>
          <Line of={g.recurrenceOf.case} />
          <div className="dim">
            <Hostile text={g.recurrenceOf.reason} max={300} />
          </div>
        </>
      )}
      {g.recurredAs.length > 0 && <div className="label">It came back as</div>}
      {g.recurredAs.map((c) => (
        <Line key={c.caseId} of={c} />
      ))}
    </Panel>
  );
}

function Parts({ g, closed, ask }: Pick<Props, 'g' | 'closed' | 'ask'>) {
  if (g.parts.length === 0) return null;
  return (
    <Panel title={`Merged in (${g.parts.length})`}>
      {g.parts.map((p) => (
        <div key={p.case.caseId} data-part={p.case.caseId}>
          <Line of={p.case}>
            <Button size="compact-xs" variant="default" disabled={closed} onClick={() => ask({ act: 'unmerge', part: p.case })}>
              Unmerge
            </Button>
          </Line>
          <div className="dim">
            <Hostile text={p.reason} max={240} /> · {actorWord(p.actor)}, <TimeText ms={p.atMs} form="ago" /> <FactLink seq={p.factSeq} />
          </div>
        </div>
      ))}
    </Panel>
  );
}

function SimilarCases({ g, closed, ask }: Pick<Props, 'g' | 'closed' | 'ask'>) {
  return (
    <Panel title="Similar cases">
      {g.similar.length === 0 && <p className="faint">No other case shares anything with this one that would tell.</p>}
      {g.similar.map((s) => (
        <div key={s.case.caseId}>
          <Line of={s.case}>
            <b title={`${s.shared} shared; this case has ${s.ours}, that one ${s.theirs}`}>{Math.round(s.percent)} %</b>
          </Line>
          <div className="row wrap between" style={{ gap: 6 }}>
            <span className="dim">
              <Hostile text={s.observables.join(', ')} max={140} />
            </span>
            <span className="row" style={{ gap: 4 }}>
              {s.case.open && (
                <Button size="compact-xs" variant="default" disabled={closed} onClick={() => ask({ act: 'merge', preset: s.case })}>
                  Merge
                </Button>
              )}
              <Button size="compact-xs" variant="subtle" color="gray" onClick={() => ask({ act: 'not-related', other: s.case })}>
                Not related
              </Button>
            </span>
          </div>
        </div>
      ))}
    </Panel>
  );
}

function Partings({ g, ask }: Pick<Props, 'g' | 'ask'>) {
  if (g.partings.length === 0) return null;
  return (
    <Panel title="Said to be not related">
      {g.partings.map((p) => (
        <div key={p.constraintId}>
          {[p.case, p.other].map((c) => c && <Line key={c.caseId} of={c} />)}
          <div className="row between">
            <span className="dim">
              {p.signal && (
                <>
                  “<Hostile text={p.signal} max={60} />
                  ”:{' '}
                </>
              )}
              <Hostile text={p.why} max={160} /> · {actorWord(p.actor)}
              {p.halved.length > 0 && <>; half weight: {[...new Set(p.halved.map((h) => h.entity))].join(', ')}</>}
            </span>
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => ask({ act: 'withdraw', constraintId: p.constraintId })}>
              Withdraw
            </Button>
          </div>
        </div>
      ))}
    </Panel>
  );
}

const howWords: Record<string, string> = { unjoined: 'fell away', split: 'were split off', moved: 'were moved', undone: 'came back' };

function Moves({ g, closed, ask }: Pick<Props, 'g' | 'closed' | 'ask'>) {
  if (g.moves.length === 0) return null;
  return (
    <Panel title="Regrouped by people">
      {g.moves.map((m) => (
        <div key={m.moveId} className="row between" data-move={m.moveId}>
          <span>
            {many(m.signals, 'signal')} {howWords[m.how] ?? m.how}: #{m.from.number} → #{m.to.number}.{' '}
            <span className="dim">
              <Hostile text={m.why} max={120} />
            </span>
          </span>
          {m.canUndo && (
            <Button size="compact-xs" variant="default" disabled={closed} onClick={() => ask({ act: 'undo-move', moveId: m.moveId })}>
              Take back
            </Button>
          )}
        </div>
      ))}
    </Panel>
  );
}

function CampaignPanel({ g }: { g: Grouping }) {
  if (!g.campaign) return null;
  return (
    <Panel title={`Campaign of ${g.campaign.cases.length} cases`} aside={<span className="faint">shown together, never merged by it</span>}>
      {g.campaign.cases.map((c) => (
        <Line key={c.caseId} of={c} />
      ))}
      {g.campaign.edges.map((e) => (
        <div key={`${e.caseId}${e.otherCaseId}`} className="dim">
          {e.caseId} – {e.otherCaseId}: <Hostile text={e.why} max={200} />
        </div>
      ))}
    </Panel>
  );
}
