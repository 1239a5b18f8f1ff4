import type { CaseGraph, GraphNode } from '@/wire/workTypes';

export interface Placed {
  node: GraphNode;
  x: number;
  y: number;
}

export const nodeWidth = 168;
export const nodeHeight = 26;
const gapX = 46;
const gapY = 10;
const columnsMax = 8;

/**
 * Left to right by when a thing was first met; in a column those of a kind together. Times are ranks, not lengths: a week of silence
 * would else push everything to the edges. The same graph is always drawn the same way.
 */
export function layOut(graph: CaseGraph): { placed: Placed[]; width: number; height: number; columns: { x: number; fromMs: number }[] } {
  const self = graph.nodes.find((n) => n.kind === 'case' && !n.grey);
  const rest = graph.nodes.filter((n) => n !== self);
  const times = [...new Set(rest.map((n) => n.firstMs))].sort((a, b) => a - b);
  const count = Math.max(1, Math.min(columnsMax, Math.ceil(Math.sqrt(rest.length)), times.length));
  const sorted = [...rest].sort((a, b) => a.firstMs - b.firstMs || rank(a) - rank(b) || a.key.localeCompare(b.key));
  const perColumn = Math.max(1, Math.ceil(sorted.length / count));
  const columns: GraphNode[][] = [];
  for (const node of sorted) {
    const last = columns.at(-1);
    // What was met at the same moment stays in one column, unless that would grow without end.
    if (!last || (last.length >= perColumn && (last.at(-1)?.firstMs !== node.firstMs || last.length >= perColumn * 2)))
      columns.push([node]);
    else last.push(node);
  }
  const placed: Placed[] = [];
  const tallest = Math.max(1, ...columns.map((c) => c.length));
  const height = tallest * (nodeHeight + gapY) + 34;
  if (self) placed.push({ node: self, x: 0, y: height / 2 - nodeHeight / 2 });
  const heads = columns.map((column, i) => {
    const x = nodeWidth + gapX + i * (nodeWidth + gapX);
    const byKind = [...column].sort((a, b) => rank(a) - rank(b) || a.firstMs - b.firstMs || a.key.localeCompare(b.key));
    const top = 28 + ((tallest - column.length) * (nodeHeight + gapY)) / 2;
    for (const [k, node] of byKind.entries()) placed.push({ node, x, y: top + k * (nodeHeight + gapY) });
    return { x, fromMs: Math.min(...column.map((n) => n.firstMs)) };
  });
  return { placed, width: nodeWidth + columns.length * (nodeWidth + gapX) + gapX, height, columns: heads };
}

const order = ['report', 'rule', 'host', 'user', 'principal', 'ip', 'domain', 'url', 'hash', 'process', 'session', 'message', 'case'];
const rank = (n: GraphNode) => (n.grey ? 20 : 0) + (order.indexOf(n.kind) < 0 ? 12 : order.indexOf(n.kind));
