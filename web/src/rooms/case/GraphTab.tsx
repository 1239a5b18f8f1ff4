import { Button, Slider } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { plainText } from '@/parts/hostile';
import { aboutEntity } from '@/parts/kql';
import { Panel } from '@/parts/Panel';
import { Answer, EmptyState } from '@/parts/states';
import { utc } from '@/parts/time';
import { many } from '@/parts/words';
import { useGraph } from '@/wire/caseWork';
import type { CaseGraph, GraphNode } from '@/wire/workTypes';
import { layOut, nodeHeight, nodeWidth, type Placed } from './graphLayout';
import './work.css';

/** What the case hangs together by, left to right by time. Other cases are grey. */
export function GraphTab({ caseId }: { caseId: string }) {
  const [expand, setExpand] = useState<string[]>([]);
  const [most, setMost] = useState(60);
  const graph = useGraph(caseId, expand, most);
  return (
    <Answer of={graph} what="the graph">
      {(g) =>
        g.nodes.length < 2 ? (
          <EmptyState title="Nothing to draw yet">
            <p>The graph grows with the signals of the case and the observables that you add.</p>
          </EmptyState>
        ) : (
          <Drawing
            graph={g}
            expanded={expand}
            expand={(key) => setExpand((keys) => (keys.includes(key) ? keys.filter((k) => k !== key) : [...keys, key]))}
            more={g.left > 0 && most < 200 ? () => setMost(Math.min(200, most * 2)) : undefined}
          />
        )
      }
    </Answer>
  );
}

interface Props {
  graph: CaseGraph;
  expanded: string[];
  expand: (key: string) => void;
  more?: () => void;
}

function Drawing({ graph, expanded, expand, more }: Props) {
  const go = useNavigate();
  const [chosen, choose] = useState<string | null>(null);
  const times = useMemo(() => [...new Set(graph.nodes.map((n) => n.firstMs))].sort((a, b) => a - b), [graph]);
  const [until, setUntil] = useState<number | null>(null);
  const shown = useMemo<CaseGraph>(() => {
    if (until === null) return graph;
    const limit = times[until] ?? Number.MAX_SAFE_INTEGER;
    const nodes = graph.nodes.filter((n) => n.firstMs <= limit || (n.kind === 'case' && !n.grey));
    const keys = new Set(nodes.map((n) => n.key));
    return { ...graph, nodes, edges: graph.edges.filter((e) => keys.has(e.from) && keys.has(e.to)) };
  }, [graph, until, times]);
  // The whole graph is laid out, so that nothing jumps while the time is moved.
  const { placed, width, height, columns } = useMemo(() => layOut(graph), [graph]);
  const at = useMemo(() => new Map(placed.map((p) => [p.node.key, p])), [placed]);
  const visible = new Set(shown.nodes.map((n) => n.key));
  const near = chosen ? new Set(shown.edges.filter((e) => e.from === chosen || e.to === chosen).flatMap((e) => [e.from, e.to])) : null;
  const one = graph.nodes.find((n) => n.key === chosen);
  const openNode = (n: GraphNode) => {
    if (n.kind === 'case') void go({ to: '/cases/$caseId', params: { caseId: n.key.slice(5) } });
    else if (n.kind === 'rule') void go({ to: '/rules/$ruleId', params: { ruleId: n.key.slice(5) } });
    else void go({ to: '/search', search: aboutEntity(n.kind, n.text) });
  };
  return (
    <div className="work">
      <Panel
        title="Who met whom, left to right by first time"
        aside={
          <span className="faint">
            {many(graph.nodes.length, 'node')}, {many(graph.edges.length, 'edge')}
            {graph.left > 0 && `; ${graph.left} left out`}
            {more && (
              <Button size="compact-xs" variant="subtle" onClick={more}>
                Show more
              </Button>
            )}
          </span>
        }
      >
        <div className="graph-box">
          <svg
            width={width + 8}
            height={height + 8}
            viewBox={`-4 -4 ${width + 8} ${height + 8}`}
            role="group"
            aria-label="Graph of the case"
          >
            {columns.map((c) => (
              <text key={c.x} x={c.x} y={12} className="axis-tick">
                {utc(c.fromMs).slice(5, 19)}
              </text>
            ))}
            {shown.edges.map((e) => {
              const from = at.get(e.from);
              const to = at.get(e.to);
              if (!from || !to) return null;
              const on = !chosen || e.from === chosen || e.to === chosen;
              return (
                <path key={`${e.from} ${e.to}`} d={line(from, to)} className={`edge${on ? '' : ' far'}`}>
                  <title>{`${utc(e.firstMs)} to ${utc(e.lastMs)}`}</title>
                </path>
              );
            })}
            {placed
              .filter((p) => visible.has(p.node.key))
              .map((p) => (
                <Node
                  key={p.node.key}
                  placed={p}
                  on={p.node.key === chosen}
                  far={!!near && near.size > 0 && !near.has(p.node.key)}
                  choose={() => choose(p.node.key === chosen ? null : p.node.key)}
                />
              ))}
          </svg>
        </div>
        {times.length > 2 && (
          <div className="row" style={{ gap: 14, marginTop: 8 }}>
            <span className="faint nowrap">up to {utc(times[until ?? times.length - 1] ?? 0)}</span>
            <Slider
              className="grow"
              size="xs"
              min={0}
              max={times.length - 1}
              value={until ?? times.length - 1}
              onChange={(v) => setUntil(v === times.length - 1 ? null : v)}
              label={null}
              thumbLabel="Up to which time"
            />
          </div>
        )}
      </Panel>
      {one && (
        <div className="row wrap graph-one" role="status">
          <span className="faint">{one.grey ? `${one.kind}, elsewhere` : one.kind}</span>
          <b>{plainText(one.text).slice(0, 160)}</b>
          <span className="faint">
            {utc(one.firstMs)} to {utc(one.lastMs)}
          </span>
          {one.kind !== 'report' && (
            <Button size="compact-sm" variant="default" onClick={() => openNode(one)}>
              {one.kind === 'case' ? 'Open the case' : one.kind === 'rule' ? 'Open the rule' : 'Search for it'}
            </Button>
          )}
          {(one.more > 0 || expanded.includes(one.key) || (one.kind === 'case' && one.grey)) && (
            <Button size="compact-sm" variant="default" onClick={() => expand(one.key)}>
              {expanded.includes(one.key) ? 'Fold again' : one.more > 0 ? `Show ${one.more} more` : 'Show what it is about'}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function line(from: Placed, to: Placed) {
  const [a, b] = from.x <= to.x ? [from, to] : [to, from];
  const y1 = a.y + nodeHeight / 2;
  const y2 = b.y + nodeHeight / 2;
  if (a.x === b.x) return `M${a.x + nodeWidth} ${y1}C${a.x + nodeWidth + 30} ${y1} ${b.x + nodeWidth + 30} ${y2} ${b.x + nodeWidth} ${y2}`;
  const x1 = a.x + nodeWidth;
  const bend = Math.min(60, (b.x - x1) / 2);
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${b.x - bend} ${y2} ${b.x} ${y2}`;
}

function Node({ placed: { node, x, y }, on, far, choose }: { placed: Placed; on: boolean; far: boolean; choose: () => void }) {
  const text = plainText(node.text);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button cannot stand inside an SVG.
    <g
      role="button"
      tabIndex={0}
      aria-pressed={on}
      aria-label={`${node.kind} ${text}${node.more > 0 ? `, ${node.more} more behind it` : ''}`}
      className={`node node-${node.kind}${node.grey ? ' grey' : ''}${on ? ' on' : ''}${far ? ' far' : ''}`}
      data-node={node.key}
      onClick={choose}
      onKeyDown={(e) => {
        if (e.key !== 'Enter' && e.key !== ' ') return;
        e.preventDefault();
        choose();
      }}
    >
      <title>{`${node.kind} ${text}`}</title>
      <rect x={x} y={y} width={nodeWidth} height={nodeHeight} rx={node.kind === 'case' ? 13 : 3} />
      <text x={x + 9} y={y + 17}>
        <tspan className="node-kind">{node.kind}</tspan> {text.length > 19 ? `${text.slice(0, 18)}…` : text}
      </text>
      {node.more > 0 && (
        <text x={x + nodeWidth - 6} y={y + 17} textAnchor="end" className="node-more">
          +{node.more}
        </text>
      )}
    </g>
  );
}
