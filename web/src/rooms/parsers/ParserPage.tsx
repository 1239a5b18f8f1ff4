import { Button, Select, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { FindingView, findingsOf } from '@/parts/FindingView';
import { Hostile } from '@/parts/Hostile';
import { useMay } from '@/parts/OnlyFor';
import { Answer } from '@/parts/states';
import { many } from '@/parts/words';
import { lineOf, YamlEditor } from '@/parts/YamlEditor';
import { useParser } from '@/wire/getParser';
import { useParsers } from '@/wire/getParsers';
import { useFirstSources } from '@/wire/pageSources';
import { usePreview } from '@/wire/previewParser';
import { useSaveParser, useWithdrawParser } from '@/wire/tellParser';
import type { Finding, Source } from '@/wire/types';
import { CaseList } from './CaseList';
import { Language } from './Language';
import { Lines } from './Lines';
import { StreamTrial } from './StreamTrial';
import './parsers.css';

const fresh = `name: my-product
version: 1
about: What it reads
dataset: my.product
namespace: my
match:
  - {program: [my-program]}
extract:
  - {lines: ["%{user.name:w} did %{action:w} from %{source.ip}"]}
set:
  - {category: authentication}
`;

export default function ParserPage() {
  const { parser } = useParams({ from: '/parsers/$parser' });
  const text = useParser(parser === 'new' ? '' : parser);
  if (parser === 'new') return <Workbench key="new" name="new" saved={fresh} />;
  return (
    <Answer of={text} what="the parser">
      {(p) => <Workbench key={parser} name={parser} saved={p.text} />}
    </Answer>
  );
}

function Workbench({ name, saved }: { name: string; saved: string }) {
  const params = useSearch({ from: '/parsers/$parser' });
  const go = useNavigate();
  const entry = useParsers().data?.parsers.find((p) => p.name === name);
  const [sought, setSought] = useState('');
  const [q] = useDebouncedValue(sought, 200);
  const [text, setText] = useState(saved);
  const [pasted, setPasted] = useState('');
  const [why, setWhy] = useState('');
  const [marked, setMarked] = useState<number[]>([]);
  const [goTo, setGoTo] = useState({ line: 0, turn: 0 });
  const [asked] = useDebouncedValue(text, 450);
  const [lines] = useDebouncedValue(pasted, 450);
  // The sources whose records it reads stand first, then those with most unread; the first of its own is chosen until someone chooses.
  const own = useFirstSources({ q, dataset: entry?.dataset, sort: 'unread', desc: true }, 40, !!entry).data?.sources;
  const worst = useFirstSources({ q, sort: 'unread', desc: true }, 60).data?.sources;
  const first = useFirstSources({ dataset: entry?.dataset, sort: 'unread', desc: true }, 40, !!entry).data?.sources[0];
  const offered = useMemo(() => {
    const mine = own ?? [];
    const ids = new Set(mine.map((s) => s.sourceId));
    return [...mine, ...(worst ?? []).filter((s) => !ids.has(s.sourceId))];
  }, [own, worst]);
  const sourceId = params.source ?? first?.sourceId ?? null;
  const may = useMay('Operations');
  const preview = usePreview(
    may ? asked : '',
    sourceId,
    lines.split('\n').filter((l) => l.trim() !== ''),
  );
  const save = useSaveParser();
  const withdraw = useWithdrawParser();
  const findings = preview.data?.findings ?? findingsOf(preview.error);
  const bad = findings.filter((f) => f.level === 'error');
  const changed = text !== saved;
  const see = (line: number) => line > 0 && setGoTo((was) => ({ line, turn: was.turn + 1 }));
  // What was saved, or taken back, is the text to go on from; what was typed meanwhile stays.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another saved text counts.
  useEffect(() => {
    if (withdraw.isSuccess || save.isSuccess) setText(saved);
  }, [saved]);
  const doSave = () =>
    save.mutate(
      { text, why },
      {
        onSuccess: (s) => {
          setWhy('');
          if (s.name !== name) void go({ to: '/parsers/$parser', params: { parser: s.name }, search: params });
        },
      },
    );
  return (
    <div className="page">
      <header className="page-head">
        <Link className="dim" to="/parsers">
          Parsers
        </Link>
        <span className="faint">/</span>
        <h1>{name === 'new' ? 'New parser' : name}</h1>
        {entry && (
          <span className="dim">
            version {entry.version} {entry.own ? <span className="tag amber">own</span> : <span className="tag">shipped</span>}
          </span>
        )}
        {may && (
          <State
            waiting={preview.isFetching || asked !== text}
            bad={bad.length}
            red={preview.data?.cases.filter((c) => !c.green).length ?? 0}
          />
        )}
        <div className="grow" />
        {!may && <span className="dim">You may read it; people of Operations and champions try and change parsers.</span>}
        {may && (
          <>
            <TextInput
              aria-label="Reason for saving"
              placeholder="Reason, kept with the change"
              value={why}
              onChange={(e) => setWhy(e.currentTarget.value)}
              w={250}
            />
            <Button
              disabled={!why.trim() || bad.length > 0 || (!changed && name !== 'new')}
              loading={save.isPending}
              onClick={doSave}
              title={bad.length > 0 ? 'Mend the errors first' : entry && !entry.own ? 'It takes the place of the shipped one' : undefined}
            >
              {entry?.own || name === 'new' ? 'Save' : 'Save as my own'}
            </Button>
            {changed && (
              <Button variant="default" onClick={() => setText(saved)}>
                Undo all
              </Button>
            )}
            {entry?.own && (
              <Button
                variant="default"
                disabled={!why.trim()}
                title="Needs a reason; a shipped parser of its name is used again"
                loading={withdraw.isPending}
                onClick={() => withdraw.mutate({ name, why }, { onSuccess: (s) => !s.shipped && void go({ to: '/parsers' }) })}
              >
                Take back
              </Button>
            )}
          </>
        )}
      </header>
      <div className="workbench">
        <section className="workbench-side scroll" aria-label="Parser">
          <YamlEditor
            text={text}
            onText={setText}
            findings={findings}
            label="Parser in YAML"
            rows={26}
            onSave={doSave}
            goTo={goTo}
            marked={marked}
          />
          <div className="stack" aria-label="Findings" role="group">
            {[
              ...findings,
              ...findingsOf(save.error).filter((f) => !findings.some((g) => g.message === f.message)),
              ...findingsOf(withdraw.error),
            ].map((f, i) => (
              <Mended key={`${f.code}${f.place}${i}`} finding={f} see={see} />
            ))}
            {preview.data && findings.length === 0 && <div className="down">Nothing to mend.</div>}
            {save.data && !changed && (
              <div className="down" role="status">
                Saved; it reads from now on.{' '}
                {save.data.otherCases.length > 0 && `${many(save.data.otherCases.length, 'shipped case')} now give something else.`}
              </div>
            )}
          </div>
          <CaseList cases={preview.data?.cases ?? []} />
          <Language open={name === 'new'} />
        </section>
        {may && (
          <section className="workbench-side scroll" aria-label="Preview">
            <div className="row" style={{ alignItems: 'flex-end' }}>
              <Select
                className="grow"
                label="Stored samples of"
                placeholder="Choose a source"
                searchable
                clearable
                // The server seeks, among thousands; what it offers is shown as it is.
                filter={({ options }) => options}
                onSearchChange={(text) => setSought(text === sourceId || offered.some((s) => labelOf(s) === text) ? '' : text)}
                nothingFoundMessage="No such source"
                value={sourceId}
                onChange={(v) =>
                  go({ to: '/parsers/$parser', params: { parser: name }, search: { source: v ?? undefined }, replace: true })
                }
                data={[
                  ...(sourceId && !offered.some((s) => s.sourceId === sourceId) ? [{ value: sourceId, label: sourceId }] : []),
                  ...offered.map((s) => ({ value: s.sourceId, label: labelOf(s) })),
                ]}
              />
            </div>
            <Textarea
              label="Or lines of your own"
              placeholder="Paste records here, one a line"
              autosize
              minRows={1}
              maxRows={5}
              classNames={{ input: 'mono' }}
              spellCheck={false}
              value={pasted}
              onChange={(e) => setPasted(e.currentTarget.value)}
            />
            <Lines
              lines={preview.data?.lines ?? []}
              see={see}
              mark={setMarked}
              tried={!!preview.data?.parser}
              asked={sourceId !== null || lines.trim() !== ''}
            />
            <StreamTrial text={text} bad={bad.length > 0} />
          </section>
        )}
      </div>
    </div>
  );
}

const labelOf = (s: Source) => `${s.sourceId}${s.parseFailures > 0 ? `, ${s.parseFailures} unread` : ''}`;

function State({ waiting, bad, red }: { waiting: boolean; bad: number; red: number }) {
  if (waiting)
    return (
      <span className="faint" role="status">
        reading …
      </span>
    );
  if (bad > 0)
    return (
      <span className="up" role="status">
        {many(bad, 'error')}
      </span>
    );
  if (red > 0)
    return (
      <span className="up" role="status">
        {many(red, 'red case')}
      </span>
    );
  return (
    <span className="down" role="status">
      sound
    </span>
  );
}

function Mended({ finding, see }: { finding: Finding; see: (line: number) => void }) {
  const line = lineOf(finding.place);
  return (
    <FindingView finding={finding}>
      {line > 0 && (
        <button type="button" className="bare link" onClick={() => see(line)}>
          <Hostile text={`Go to line ${line}`} />
        </button>
      )}
    </FindingView>
  );
}
