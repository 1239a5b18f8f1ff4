import { Button, Checkbox, Modal, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FindingList, FindingView, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { Answer } from '@/parts/states';
import { laneWords, many } from '@/parts/words';
import { useCases } from '@/wire/getCases';
import { useFalls } from '@/wire/getFalls';
import { type Regroup, type Regrouped, useRegroup } from '@/wire/regroup';
import type { CaseLine } from '@/wire/types';

type CaseName = Pick<CaseLine, 'caseId' | 'number' | 'title'>;

export type RegroupWish =
  | { act: 'unjoin'; signalId: string; title: string }
  | { act: 'split'; signalIds: string[] }
  | { act: 'move-signals'; signalIds: string[] }
  | { act: 'merge'; preset?: CaseName }
  | { act: 'unmerge'; part: CaseLine }
  | { act: 'undo-move'; moveId: string }
  | { act: 'not-related'; other: CaseName }
  | { act: 'withdraw'; constraintId: string };

const words: Record<RegroupWish['act'], { title: string; button: string }> = {
  unjoin: { title: 'Undo a join', button: 'Undo the join' },
  split: { title: 'Split off', button: 'Make a case of them' },
  'move-signals': { title: 'Move to another case', button: 'Move them' },
  merge: { title: 'Merge into this case', button: 'Merge' },
  unmerge: { title: 'Unmerge', button: 'Unmerge' },
  'undo-move': { title: 'Take it back', button: 'Take it back' },
  'not-related': { title: 'Not related', button: 'Keep them apart' },
  withdraw: { title: 'Withdraw the constraint', button: 'Withdraw' },
};

interface Props {
  caseId: string;
  wish: RegroupWish | null;
  close: () => void;
  done: (made: Regrouped) => void;
}

/** One dialog for all acts: what will happen, and why the person wants it. */
export function RegroupDialog({ caseId, wish, close, done }: Props) {
  return (
    <Modal opened={wish !== null} onClose={close} title={wish ? words[wish.act].title : ''} size={560}>
      {wish && <Inside caseId={caseId} wish={wish} close={close} done={done} />}
    </Modal>
  );
}

function Inside({ caseId, wish, close, done }: Props & { wish: RegroupWish }) {
  const [why, setWhy] = useState('');
  const [apart, setApart] = useState(false);
  const [cases, setCases] = useState<string[]>(wish.act === 'merge' && wish.preset ? [wish.preset.caseId] : []);
  const regroup = useRegroup();
  const [partly, setPartly] = useState<Regrouped | null>(null);
  const choosing = wish.act === 'merge' || wish.act === 'move-signals';
  const submit = (e: { preventDefault: () => void }) => {
    e.preventDefault();
    regroup.mutate(
      { caseId: wish.act === 'unmerge' ? wish.part.caseId : caseId, why, wish: asked(wish, apart, cases) },
      { onSuccess: (made) => (made.refused?.length ? setPartly(made) : done(made)) },
    );
  };
  return (
    <form className="stack" style={{ gap: 12 }} onSubmit={submit}>
      {wish.act === 'unjoin' && <FallsText caseId={caseId} signalId={wish.signalId} title={wish.title} />}
      {wish.act === 'unjoin' && (
        <Checkbox
          checked={apart}
          onChange={(e) => setApart(e.currentTarget.checked)}
          label="Not related: nothing brings them together again, and what tied them weighs half"
        />
      )}
      {wish.act === 'split' && (
        <p className="dim">{many(wish.signalIds.length, 'signal')} become a case of their own. What hung on them stays.</p>
      )}
      {wish.act === 'unmerge' && (
        <p className="dim">
          #{wish.part.number} <Hostile text={wish.part.title} max={120} /> stands on its own again, with its{' '}
          {many(wish.part.signals, 'signal')} and with what joined through them since. Notes stay where they were written.
        </p>
      )}
      {wish.act === 'undo-move' && <p className="dim">Every signal goes back to where it was, with the reason it had.</p>}
      {wish.act === 'not-related' && (
        <p className="dim">
          Nothing will bring this case and #{wish.other.number} <Hostile text={wish.other.title} max={100} /> together until this is
          withdrawn. What they share weighs half between those rules.
        </p>
      )}
      {wish.act === 'withdraw' && <p className="dim">They may come together again; what tied them weighs in full.</p>}
      {choosing && (
        <Choose
          caseId={caseId}
          many={wish.act === 'merge'}
          chosen={cases}
          choose={setCases}
          preset={wish.act === 'merge' ? wish.preset : undefined}
        />
      )}
      <Textarea
        label="Reason"
        description="Kept with it; the next person reads it."
        autosize
        minRows={2}
        data-autofocus={choosing ? undefined : true}
        value={why}
        onChange={(e) => setWhy(e.currentTarget.value)}
        onKeyDown={(e) => (e.ctrlKey || e.metaKey) && e.key === 'Enter' && submit(e)}
      />
      <FindingList findings={partly?.refused ?? findingsOf(regroup.error)} />
      <div className="row" style={{ justifyContent: 'flex-end', gap: 8 }}>
        <Button variant="default" onClick={() => (partly ? done(partly) : close())}>
          {partly ? 'Close' : 'Cancel'}
        </Button>
        <Button type="submit" loading={regroup.isPending} disabled={!why.trim() || (choosing && cases.length === 0) || !!partly}>
          {words[wish.act].button}
        </Button>
      </div>
    </form>
  );
}

function asked(wish: RegroupWish, apart: boolean, cases: string[]): Regroup {
  switch (wish.act) {
    case 'unjoin':
      return { act: 'unjoin', signalId: wish.signalId, notRelated: apart };
    case 'split':
      return wish;
    case 'move-signals':
      return { ...wish, to: cases[0] ?? '' };
    case 'merge':
      return { act: 'merge', caseIds: cases };
    case 'unmerge':
      return { act: 'unmerge' };
    case 'not-related':
      return { act: 'not-related', caseId: wish.other.caseId };
    default:
      return wish;
  }
}

function FallsText({ caseId, signalId, title }: { caseId: string; signalId: string; title: string }) {
  return (
    <Answer of={useFalls(caseId, signalId)} what="what falls away">
      {(f) =>
        f.refused ? (
          <FindingView finding={f.refused} />
        ) : (
          <div className="stack" style={{ gap: 6 }} role="status">
            <div>
              <b>
                {f.signalIds.length === 1
                  ? 'This signal falls'
                  : `This signal and ${many(f.signalIds.length - 1, 'other')} that hang on it fall`}{' '}
                away
              </b>{' '}
              into a new case; {many(f.rest, 'signal')} {f.rest === 1 ? 'stays' : 'stay'}.
            </div>
            <ul className="falls">
              {(f.titles.length > 0 ? f.titles : [title]).map((t, i) => (
                <li key={`${t}${i}`}>
                  <Hostile text={t} max={120} />
                </li>
              ))}
              {f.signalIds.length > f.titles.length && <li className="faint">and {f.signalIds.length - f.titles.length} more</li>}
            </ul>
            {f.cases.map((c) => (
              <div key={c.caseId} className="dim">
                #{c.number} <Hostile text={c.title} max={100} /> was merged in through it and stands on its own again.
              </div>
            ))}
          </div>
        )
      }
    </Answer>
  );
}

interface ChooseProps {
  caseId: string;
  many: boolean;
  chosen: string[];
  choose: (ids: string[]) => void;
  preset?: CaseName;
}

/** Open cases by number or words; several for a merge, one for a move. */
function Choose({ caseId, many: several, chosen, choose, preset }: ChooseProps) {
  const [q, setQ] = useState(preset ? `#${preset.number}` : '');
  const found = useCases('open', q);
  const toggle = (id: string) => choose(chosen.includes(id) ? chosen.filter((c) => c !== id) : several ? [...chosen, id] : [id]);
  return (
    <div className="stack" style={{ gap: 6 }}>
      <TextInput
        label="Case"
        placeholder="Number, title, host, owner"
        data-autofocus={preset ? undefined : true}
        value={q}
        onChange={(e) => setQ(e.currentTarget.value)}
      />
      <Answer of={found} what="the cases">
        {(list) => {
          const others = list.cases.filter((c) => c.caseId !== caseId).slice(0, 50);
          return (
            <div className="choose-case scroll" role="group" aria-label="Cases found">
              {others.length === 0 && <p className="faint">No other open case fits.</p>}
              {others.map((c) => (
                <label key={c.caseId} className="choose-line">
                  <input
                    type={several ? 'checkbox' : 'radio'}
                    name="case"
                    checked={chosen.includes(c.caseId)}
                    onChange={() => toggle(c.caseId)}
                  />
                  <span className="faint">#{c.number}</span>
                  <span className="grow">
                    <Hostile text={c.title} max={120} />
                  </span>
                  <span className="dim">
                    {laneWords[c.lane].title}
                    {c.owner && `, ${c.owner}`}
                  </span>
                </label>
              ))}
            </div>
          );
        }}
      </Answer>
    </div>
  );
}
