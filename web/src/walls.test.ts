// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const src = join(import.meta.dirname);
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (f) => /\.tsx?$/.test(f) && !f.endsWith('.d.ts') && !f.includes('.test.'),
);
const text = (file: string) => readFileSync(join(src, file), 'utf8');

/** What a file imports, as paths below src; packages stay as they are. */
const imports = (file: string) =>
  [...text(file).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, to = '']) =>
    to.startsWith('@/') ? to.slice(2) : to.startsWith('.') ? relative(src, join(src, file, '..', to)).replaceAll('\\', '/') : to,
  );
const room = (path: string) => /^rooms\/([^/]+)/.exec(path)?.[1];

describe('walls', () => {
  it('sees the imports it judges', () => {
    expect(imports('app/router.tsx')).toContain('rooms/board/BoardPage');
    expect(imports('rooms/board/BoardPage.tsx')).toContain('rooms/board/LaneView');
  });

  it('rooms never import each other: they meet through addresses and the server, so that one can change without the others', () => {
    const through = files.flatMap((f) =>
      imports(f)
        .filter((to) => room(f) && room(to) && room(to) !== room(f))
        .map((to) => `${f} → ${to}`),
    );
    expect(through).toEqual([]);
  });

  it('rooms do not import the app, and parts and wire import neither rooms nor app: app → rooms → parts, wire', () => {
    const up = files.flatMap((f) =>
      imports(f)
        .filter(
          (to) =>
            (room(f) && to.startsWith('app/')) ||
            (/^(parts|wire)\//.test(f) && /^(rooms|app)\//.test(to)) ||
            (f.startsWith('wire/') && to.startsWith('parts/')),
        )
        .map((to) => `${f} → ${to}`),
    );
    expect(up).toEqual([]);
  });

  it('text from outside never becomes markup, and nothing is evaluated', () => {
    const bad = files.filter((f) =>
      /dangerouslySetInnerHTML|\.innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(/.test(text(f)),
    );
    expect(bad).toEqual([]);
  });

  it('only wire calls the server', () => {
    const bad = files.filter((f) => !f.startsWith('wire/') && /\bfetch\(|new EventSource|XMLHttpRequest/.test(text(f)));
    expect(bad).toEqual([]);
  });

  it('the editor and its language service are loaded with the search page only', () => {
    const bad = files.filter((f) => imports(f).some((to) => /monaco/.test(to)) && !f.startsWith('rooms/search/'));
    expect(bad).toEqual([]);
  });

  it('no address outside this house, but for namespaces and words shown', () => {
    const bad = files.filter((f) => /https?:\/\/(?!www\.w3\.org|THIS-HOST)[\w.]+/.test(text(f)));
    expect(bad).toEqual([]);
  });

  it('files stay readable: none over 600 lines', () => {
    expect(files.filter((f) => text(f).split('\n').length > 600)).toEqual([]);
  });
});
