import { FactLink } from '@/parts/FactLink';
import { Hostile } from '@/parts/Hostile';
import { Answer } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { actorWord } from '@/parts/words';
import { useSavedSearch } from '@/wire/getSavedSearch';

/** What a search said before, who changed it, and why. */
export function Versions({ searchId }: { searchId: string }) {
  return (
    <Answer of={useSavedSearch(searchId)} what="the versions">
      {(d) => (
        <div className="stack">
          {d.versions.map((v) => (
            <section key={v.version} className="stack" style={{ gap: 4 }}>
              <div className="row wrap">
                <b>Version {v.version}</b> <TimeText ms={v.atMs} /> by {actorWord(v.by)} <FactLink seq={v.fact} />
                {v.why && (
                  <span className="dim">
                    “<Hostile text={v.why} />”
                  </span>
                )}
              </div>
              <pre className="code" style={{ whiteSpace: 'pre-wrap' }}>
                <Hostile text={v.kql} lines />
              </pre>
            </section>
          ))}
        </div>
      )}
    </Answer>
  );
}
