import { afterEach, describe, expect, it, vi } from 'vitest';
import { call, onSessionEnded, Refusal, refusal, Unreachable } from './call';
import { touchedBy } from './live';

const answer = (status: number, body: string) =>
  vi.stubGlobal(
    'fetch',
    vi.fn(async (..._: unknown[]) => new Response(status === 204 ? null : body, { status })),
  );
afterEach(() => vi.unstubAllGlobals());

describe('a call', () => {
  it('carries the header a foreign page cannot set, on changes only', async () => {
    answer(200, '{}');
    await call('/api/x', { method: 'POST', json: {} });
    await call('/api/x');
    const [change, read] = vi.mocked(fetch).mock.calls.map((c) => (c[1] as RequestInit).headers as Record<string, string>);
    expect(change?.['X-Andon']).toBe('1');
    expect(read?.['X-Andon']).toBeUndefined();
  });

  it('tells when the session has ended, but not for a wrong password', async () => {
    const told = vi.fn();
    const stop = onSessionEnded(told);
    answer(401, '{"code":"HST002","message":"Name or password is wrong.","hint":"","place":"","level":"error"}');
    await expect(call('/api/session', { method: 'POST', json: {} })).rejects.toBeInstanceOf(Refusal);
    expect(told).not.toHaveBeenCalled();
    await expect(call('/api/board')).rejects.toBeInstanceOf(Refusal);
    expect(told).toHaveBeenCalledOnce();
    stop();
  });

  it('says that nobody answers', async () => {
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => Promise.reject(new TypeError('down'))),
    );
    await expect(call('/api/x')).rejects.toBeInstanceOf(Unreachable);
  });

  it('takes an empty answer for nothing', async () => {
    answer(204, '');
    expect(await call('/api/x')).toBeUndefined();
  });
});

describe('a refusal', () => {
  it('reads one finding, several, problem details, and plain text', () => {
    expect(refusal(409, '{"code":"CASE202","message":"Full."}').findings).toEqual([
      { code: 'CASE202', message: 'Full.', hint: '', place: '', level: 'error' },
    ]);
    expect(refusal(400, '{"findings":[{"code":"A1","message":"x"},{"code":"A2","message":"y"}]}').findings.map((f) => f.code)).toEqual([
      'A1',
      'A2',
    ]);
    expect(refusal(400, '{"title":"Bad Request","detail":"no body"}').findings[0]?.hint).toBe('no body');
    expect(refusal(502, '<html>').findings[0]?.message).toBe('Andon itself failed.');
  });
});

describe('a live fact', () => {
  it('renews what it touches and no more', () => {
    expect(touchedBy({ seq: 1, type: 'priority.shifted', subject: 'case-7', atMs: 0 })).toContainEqual(['case', 'case-7']);
    expect(touchedBy({ seq: 1, type: 'source.discovered', subject: '', atMs: 0 })).toEqual([['sources']]);
    expect(touchedBy({ seq: 1, type: 'user.signed_in', subject: '', atMs: 0 })).toEqual([]);
  });
});
