import { expect, it } from 'vitest';
import { pageTitle } from './pageTitle';

it.each([
  ['/', 'Andon'],
  ['/nowhere', 'Andon'],
  ['/board', 'Board · Andon'],
  ['/board/settings', 'Board settings · Andon'],
  ['/quality', 'Data quality · Andon'],
  ['/cases', 'Cases · Andon'],
  ['/cases/c24', 'Case #24 · Andon'],
  ['/sources/file%3Aweb01%3Anginx.access', 'Source file:web01:nginx.access · Andon'],
  ['/sources/%E0%A4%A', 'Source %E0%A4%A · Andon'],
])('%s is called %s', (path, title) => expect(pageTitle(path)).toBe(title));
