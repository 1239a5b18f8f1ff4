import { type Technique, useTechniques } from '@/wire/getTechniques';
import { Hostile } from './Hostile';
import { tacticWord } from './words';

const known = new WeakMap<readonly Technique[], Map<string, Technique>>();

/** A technique by its id; undefined where the content does not name it. */
export function useTechnique(id: string): Technique | undefined {
  const list = useTechniques().data?.techniques;
  if (!list) return undefined;
  let by = known.get(list);
  if (!by) {
    by = new Map(list.map((t) => [t.id, t]));
    known.set(list, by);
  }
  return by.get(id.toUpperCase());
}

/** The id of an ATT&CK technique and its name; the id alone where nothing names it. */
export function TechniqueName({ id }: { id: string }) {
  const technique = useTechnique(id);
  return (
    <span className="technique" title={technique ? `${tacticWord(technique.tactics[0] ?? '')}: ${technique.name}` : undefined}>
      <span className="mono">{id.toUpperCase()}</span>
      {technique && (
        <>
          {' '}
          <Hostile text={technique.name} max={60} />
        </>
      )}
    </span>
  );
}
