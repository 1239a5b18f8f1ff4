import { describe, expect, it } from 'vitest';
import type { CaseGraph, GraphNode } from '@/wire/workTypes';
import { layOut, nodeHeight, nodeWidth } from './graphLayout';

const node = (key: string, kind: string, firstMs: number, grey = false): GraphNode => ({
  key,
  kind,
  text: key,
  grey,
  firstMs,
  lastMs: firstMs,
  count: 1,
  more: 0,
});
const graph = (nodes: GraphNode[]): CaseGraph => ({ nodes, edges: [], left: 0 });

describe('the layout of a case graph', () => {
  it('puts what was met earlier further left, and the case before all', () => {
    const { placed } = layOut(
      graph([node('late', 'host', 900), node('me', 'case', 5), node('early', 'ip', 100), node('mid', 'user', 500)]),
    );
    const x = (key: string) => placed.find((p) => p.node.key === key)?.x ?? Number.NaN;
    expect(x('me')).toBeLessThan(x('early'));
    expect(x('early')).toBeLessThanOrEqual(x('mid'));
    expect(x('mid')).toBeLessThanOrEqual(x('late'));
    expect(x('early')).toBeLessThan(x('late'));
  });

  it('lays no two nodes over each other, however many there are and even when all came at once', () => {
    for (const times of [(i: number) => i * 37, () => 7]) {
      const nodes = Array.from({ length: 120 }, (_, i) =>
        node(`n${i}`, ['host', 'ip', 'rule', 'case'][i % 4] ?? 'ip', times(i), i % 4 === 3),
      );
      const { placed, width, height } = layOut(graph([node('me', 'case', 0), ...nodes]));
      expect(placed).toHaveLength(121);
      for (const a of placed) {
        expect(a.x + nodeWidth).toBeLessThanOrEqual(width);
        expect(a.y + nodeHeight).toBeLessThanOrEqual(height);
        for (const b of placed)
          if (a !== b)
            expect(Math.abs(a.x - b.x) >= nodeWidth || Math.abs(a.y - b.y) >= nodeHeight, `${a.node.key} lies on ${b.node.key}`).toBe(true);
      }
    }
  });

  it('draws the same graph the same way, in whatever order its nodes come', () => {
    const nodes = [node('me', 'case', 0), node('a', 'host', 5), node('b', 'ip', 5), node('c', 'user', 9)];
    const at = (g: CaseGraph) =>
      layOut(g)
        .placed.map((p) => `${p.node.key}@${p.x},${p.y}`)
        .sort();
    expect(at(graph([...nodes].reverse()))).toEqual(at(graph(nodes)));
  });
});
