import { Tabs } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Hostile } from '@/parts/Hostile';
import { kqlText } from '@/parts/kql';
import { OnlyOperations } from '@/parts/OnlyFor';
import { Answer, EmptyState } from '@/parts/states';
import { TimeText } from '@/parts/TimeText';
import { typing } from '@/parts/typing';
import { Refusal } from '@/wire/call';
import { useSource } from '@/wire/getSource';
import type { SourceDetail } from '@/wire/types';
import { AlarmsTab } from './AlarmsTab';
import { CardForm } from './CardForm';
import { ContractTab } from './ContractTab';
import { titleOf } from './columns';
import { Health } from './Health';
import { Overview } from './Overview';
import { SamplesTab } from './SamplesTab';
import './sources.css';
import { UseTab } from './UseTab';

const tabs = ['overview', 'samples', 'contract', 'use', 'alarms', 'card'] as const;

export default function SourcePage() {
  const { sourceId } = useParams({ from: '/sources/$sourceId' });
  const source = useSource(sourceId);
  if (!source.data && source.error instanceof Refusal && source.error.status === 404)
    return (
      <EmptyState title="No such source">
        <p>
          Nothing came under the name <Hostile text={sourceId} max={120} />, or the link is older than the catalogue.
        </p>
        <Link className="link" to="/sources" search={{ q: sourceId.split(':')[1]?.slice(0, 60) }}>
          Look for it among the sources
        </Link>
      </EmptyState>
    );
  return (
    <Answer of={source} what="the source">
      {(s) => <Inside source={s} />}
    </Answer>
  );
}

function Inside({ source }: { source: SourceDetail }) {
  const params = useSearch({ from: '/sources/$sourceId' });
  const go = useNavigate();
  const tab = tabs.find((t) => t === params.tab) ?? 'overview';
  const open = (t: string) =>
    void go({
      to: '/sources/$sourceId',
      params: { sourceId: source.sourceId },
      search: { tab: t === 'overview' ? undefined : t },
      replace: true,
    });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the keys are bound once for each source.
  useEffect(() => {
    const on = (e: KeyboardEvent) => {
      if (typing(e)) return;
      const t = tabs[Number(e.key) - 1];
      if (t) open(t);
      else if (e.key === 'u') void go({ to: '/sources' });
    };
    window.addEventListener('keydown', on);
    return () => window.removeEventListener('keydown', on);
  }, [source.sourceId]);
  const standing = source.alarms.filter((a) => !a.recovered).length;
  return (
    <div className="page">
      <header className="page-head">
        <Link className="dim" to="/sources">
          Sources
        </Link>
        <span className="faint">/</span>
        <h1>
          <Hostile text={titleOf(source)} max={90} />
        </h1>
        <Health source={source} />
        <span className="dim">
          last heard <TimeText ms={source.lastMs} form="ago" />
        </span>
        <div className="grow" />
        <Link className="link" to="/parsers/$parser" params={{ parser: parserOf(source) }} search={{ source: source.sourceId }}>
          Its parser
        </Link>
        <Link className="link" to="/search" search={{ q: `Events\n| where log.source.id == ${kqlText(source.sourceId)}`, last: '1h' }}>
          Search its events
        </Link>
      </header>
      <Tabs value={tab} onChange={(t) => open(t ?? 'overview')} px={18}>
        <Tabs.List>
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          <Tabs.Tab value="samples">
            Samples <span className="faint">{source.samples.length}</span>
          </Tabs.Tab>
          <Tabs.Tab value="contract">
            Contract{' '}
            <span className={source.ailments.some((a) => a === 'mustMissing' || a === 'neverArrived') ? 'up' : 'faint'}>
              {source.contract ? 'agreed' : 'none'}
            </span>
          </Tabs.Tab>
          <Tabs.Tab value="use">
            Use <span className="faint">{source.blind.rules} rules</span>
          </Tabs.Tab>
          <Tabs.Tab value="alarms">
            Alarms <span className={standing ? 'up' : 'faint'}>{standing}</span>
          </Tabs.Tab>
          <Tabs.Tab value="card">
            Card{' '}
            {source.naming.length > 0 && (
              <span className="faint" title={source.naming.map((n) => n.message).join(' ')}>
                name
              </span>
            )}
          </Tabs.Tab>
        </Tabs.List>
      </Tabs>
      <div className="page-body scroll">
        {tab === 'overview' && <Overview source={source} />}
        {tab === 'samples' && <SamplesTab source={source} />}
        {tab === 'contract' && (
          <OnlyOperations>
            <ContractTab source={source} />
          </OnlyOperations>
        )}
        {tab === 'use' && <UseTab source={source} />}
        {tab === 'alarms' && (
          <OnlyOperations>
            <AlarmsTab source={source} />
          </OnlyOperations>
        )}
        {tab === 'card' && (
          <OnlyOperations>
            <CardForm key={source.sourceId} source={source} />
          </OnlyOperations>
        )}
      </div>
    </div>
  );
}

/** Who read its newest sample. */
const parserOf = (s: SourceDetail) => s.samples[0]?.fields['andon.parser']?.[0]?.split('@')[0] ?? (s.card.parser || 'new');
