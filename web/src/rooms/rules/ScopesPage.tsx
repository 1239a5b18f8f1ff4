import { Button, Modal, SegmentedControl } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type Col, DataTable } from '@/parts/DataTable';
import { Hostile } from '@/parts/Hostile';
import { Num } from '@/parts/Num';
import { Panel } from '@/parts/Panel';
import { Answer, EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { actorWord, many, whole } from '@/parts/words';
import { useScopes } from '@/wire/getScopes';
import { useSwitchScope } from '@/wire/switchScope';
import type { ScopeBook, ScopeRow } from '@/wire/types';
import { Reason } from './RuleActs';
import './rules.css';

interface Source {
  product?: string | null;
  category?: string | null;
  service?: string | null;
}
interface Wish extends Source {
  inScope: boolean;
  rules?: number;
}

const nameOf = (s: Source) => [s.product, s.category, s.service].filter(Boolean).join(' · ') || 'any product';

/** Which log sources there are rules for, which of them send anything, and which are out of scope here. */
export default function ScopesPage() {
  const scopes = useScopes();
  const [by, setBy] = useState<'products' | 'sources'>('products');
  const [wish, setWish] = useState<Wish | null>(null);
  const turn = useSwitchScope();
  return (
    <div className="page">
      <header className="page-head">
        <Link className="dim" to="/rules" search={{}}>
          Rules
        </Link>
        <span className="faint">/</span>
        <h1>Scope</h1>
        {scopes.data && scopes.data.affected > 0 && <span className="tag amber">{many(scopes.data.affected, 'rule')} out of scope</span>}
        <div className="grow" />
        <SegmentedControl
          aria-label="Grouped by"
          value={by}
          onChange={(v) => setBy(v as typeof by)}
          data={[
            { value: 'products', label: 'Products' },
            { value: 'sources', label: 'Log sources' },
          ]}
        />
      </header>
      <div className="rules-meaning dim">
        What this house does not have needs no rules. Taken out of scope, all rules of it rest, with the reason; they come back as they
        were.
      </div>
      <Answer of={scopes} what="the scopes">
        {(book) => (
          <>
            {book.off.length > 0 && <OutOfScope book={book} back={(s) => setWish({ ...s, inScope: true })} />}
            <div className="grow" style={{ minHeight: 0 }}>
              {book.products.length === 0 ? (
                <EmptyState title="No rule is loaded">
                  <p>Import Sigma rules first.</p>
                </EmptyState>
              ) : (
                <DataTable
                  key={by}
                  rows={book[by]}
                  cols={columns(book, setWish)}
                  rowKey={(r) => `${r.product}/${r.category}/${r.service}`}
                  rowHeight={34}
                  sort={{ id: 'rules', desc: true }}
                  label="Log sources of rules"
                />
              )}
            </div>
          </>
        )}
      </Answer>
      <Modal
        opened={wish !== null}
        onClose={() => setWish(null)}
        title={wish ? `${nameOf(wish)}: ${wish.inScope ? 'back into scope' : 'out of scope'}` : ''}
        size={460}
      >
        {wish && (
          <Reason
            what={wish.inScope ? 'Its rules run again, each as it was switched.' : `${many(wish.rules ?? 0, 'rule')} will rest.`}
            word={wish.inScope ? 'Take back into scope' : 'Take out of scope'}
            busy={turn.isPending}
            error={turn.error}
            close={() => setWish(null)}
            give={(why) =>
              turn.mutate(
                { product: wish.product, category: wish.category, service: wish.service, inScope: wish.inScope, why },
                { onSuccess: () => setWish(null) },
              )
            }
          />
        )}
      </Modal>
    </div>
  );
}

function OutOfScope({ book, back }: { book: ScopeBook; back: (scope: Wish) => void }) {
  return (
    <div style={{ padding: '0 18px 12px' }}>
      <Panel title="Out of scope">
        <table className="plain-table">
          <tbody>
            {book.off.map((s) => (
              <tr key={nameOf(s)}>
                <td className="strong">{nameOf(s)}</td>
                <td>
                  <Hostile text={s.why} max={200} />
                </td>
                <td className="dim">
                  {actorWord(s.actor)}, <TimeText ms={s.atMs} form="ago" />
                </td>
                <td className="num">
                  <Button
                    size="compact-xs"
                    variant="default"
                    onClick={() => back({ product: s.product, category: s.category, service: s.service, inScope: true })}
                  >
                    Take back
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
    </div>
  );
}

const columns = (book: ScopeBook, wish: (w: Wish) => void): Col<ScopeRow>[] => [
  { id: 'name', head: 'Log source', width: 300, grow: true, by: nameOf, cell: (r) => nameOf(r) },
  {
    id: 'rules',
    head: 'Rules',
    width: 90,
    num: true,
    by: (r) => r.rules,
    cell: (r) => (
      <Link className="numlink" to="/rules" search={{ queue: 'all', product: r.product ?? undefined, q: undefined }}>
        {whole(r.rules)}
      </Link>
    ),
  },
  { id: 'hits', head: 'Hits, 24 h', width: 100, num: true, by: (r) => r.hits24h, cell: (r) => whole(r.hits24h) },
  {
    id: 'events',
    head: 'Events seen',
    width: 120,
    num: true,
    by: (r) => r.events,
    cell: (r) => (
      <Num means="Events that its rules were asked about since counting began, at least">
        <span className={r.events === 0 ? 'up' : undefined}>{whole(r.events)}</span>
      </Num>
    ),
  },
  { id: 'last', head: 'Last event', width: 120, by: (r) => r.lastMs ?? 0, cell: (r) => <TimeText ms={r.lastMs} form="ago" /> },
  {
    id: 'act',
    head: '',
    width: 170,
    cell: (r) => {
      const off = book.off.some(
        (s) =>
          (s.product ?? '') === (r.product ?? '') && (s.category ?? '') === (r.category ?? '') && (s.service ?? '') === (r.service ?? ''),
      );
      if (!r.product && !r.category && !r.service) return null;
      return off ? (
        <span className="tag amber">out of scope</span>
      ) : (
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          onClick={() => wish({ product: r.product, category: r.category, service: r.service, inScope: false, rules: r.rules })}
        >
          Take out of scope
        </Button>
      );
    },
  },
];
