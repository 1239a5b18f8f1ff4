import { Hostile } from '@/parts/Hostile';
import { type DiffLine, diffLines, inkLine } from './diff';
import './rules.css';

/** A rule's text, coloured line by line; hostile characters stay visible. */
export function Yaml({ text }: { text: string }) {
  return (
    <pre className="code rule-yaml">
      {text.split('\n').map((line, i) => (
        <Line key={i} line={line} />
      ))}
    </pre>
  );
}

export function YamlDiff({ before, after }: { before: string; after: string }) {
  const lines = diffLines(before, after);
  const changed = lines.filter((l) => l.kind !== 'same').length;
  return (
    <>
      <div className="dim" style={{ marginBottom: 4 }}>
        {lines.filter((l) => l.kind === 'new').length} lines added, {lines.filter((l) => l.kind === 'gone').length} taken away
        {changed === 0 && ': the texts are the same'}
      </div>
      <pre className="code rule-yaml" role="img" aria-label={`Difference: ${changed} lines`}>
        {lines.map((line, i) => (
          <Line key={i} line={line.text} kind={line.kind} />
        ))}
      </pre>
    </>
  );
}

const sign: Record<DiffLine['kind'], string> = { same: ' ', gone: '−', new: '+' };

function Line({ line, kind }: { line: string; kind?: DiffLine['kind'] }) {
  return (
    <span className={`yaml-line${kind ? ` diff-${kind}` : ''}`}>
      {kind && <span className="diff-sign">{sign[kind]} </span>}
      {inkLine(line).map((p, i) => (
        <span key={i} className={`ink-${p.ink}`}>
          <Hostile text={p.text} />
        </span>
      ))}
      {'\n'}
    </span>
  );
}
