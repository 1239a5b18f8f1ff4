import type { Finding } from './types';

/** The program said no, and why. Carries every finding it gave. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly findings: Finding[],
    message?: string,
  ) {
    super(message ?? findings.map((f) => f.message).join(' ') ?? `HTTP ${status}`);
    this.name = 'Refusal';
  }
}

/** The program did not answer at all. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('Andon does not answer.', { cause });
    this.name = 'Unreachable';
  }
}

const ended = new Set<() => void>();

/** Called whenever an answer shows that the session has ended. */
export function onSessionEnded(tell: () => void): () => void {
  ended.add(tell);
  return () => ended.delete(tell);
}

interface Ask {
  method?: 'GET' | 'POST' | 'DELETE';
  json?: unknown;
  body?: BodyInit;
  contentType?: string;
  signal?: AbortSignal;
}

/** One request. Every change carries the header that a foreign page cannot set. */
export async function call<T>(path: string, ask: Ask = {}): Promise<T> {
  const method = ask.method ?? 'GET';
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-Andon'] = '1';
  if (ask.json !== undefined) headers['Content-Type'] = 'application/json';
  else if (ask.contentType) headers['Content-Type'] = ask.contentType;

  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      body: ask.json !== undefined ? JSON.stringify(ask.json) : ask.body,
      signal: ask.signal,
    });
  } catch (why) {
    if (why instanceof DOMException && why.name === 'AbortError') throw why;
    throw new Unreachable(why);
  }

  // A wrong password ends nothing; being asked who one is, and being nobody any more, does.
  if (answer.status === 401 && (path !== '/api/session' || method === 'GET')) for (const tell of ended) tell();
  const text = await answer.text();
  if (answer.ok) return (text ? JSON.parse(text) : undefined) as T;
  throw refusal(answer.status, text);
}

/** Reads the findings out of an error answer: one Finding, `{findings}`, or ASP.NET problem details. */
export function refusal(status: number, text: string): Refusal {
  const body = parse(text);
  if (isRecord(body)) {
    if (Array.isArray(body.findings)) return new Refusal(status, body.findings.map(asFinding));
    if (typeof body.code === 'string' && typeof body.message === 'string') return new Refusal(status, [asFinding(body)]);
    if (typeof body.title === 'string') {
      return new Refusal(status, [
        asFinding({ code: `HTTP${status}`, message: body.title, hint: typeof body.detail === 'string' ? body.detail : '' }),
      ]);
    }
  }
  return new Refusal(status, [asFinding({ code: `HTTP${status}`, message: plainWords(status), hint: hintFor(status) })]);
}

const asFinding = (f: Partial<Finding>): Finding => ({
  code: f.code ?? '',
  message: f.message ?? '',
  hint: f.hint ?? '',
  place: f.place ?? '',
  level: f.level ?? 'error',
});

const isRecord = (v: unknown): v is Record<string, unknown> & Partial<Finding> => typeof v === 'object' && v !== null && !Array.isArray(v);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const plainWords = (status: number) =>
  ({
    401: 'You are not signed in.',
    403: 'Your roles do not allow this.',
    404: 'There is nothing at this address.',
    409: 'Someone changed this meanwhile.',
    413: 'That is too large.',
    429: 'Too many requests.',
    503: 'A part of Andon is not ready yet.',
  })[status] ?? (status >= 500 ? 'Andon itself failed.' : `The request was refused (${status}).`);

const hintFor = (status: number) =>
  ({
    401: 'Sign in again.',
    403: 'Ask an administrator, or sign in as someone who may.',
    409: 'Reload and try again.',
    429: 'Wait a little.',
    503: 'Wait until the engine is ready; the header shows its state.',
  })[status] ?? (status >= 500 ? 'The finding is in the list behind the counter in the header.' : '');

const withQuery = (path: string, query: Record<string, string | number | undefined | null>) => {
  const pairs = Object.entries(query).filter(([, v]) => v !== undefined && v !== null && v !== '');
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs.map(([k, v]) => [k, String(v)]))}`;
};

export const get = <T>(path: string, query: Record<string, string | number | undefined | null> = {}, signal?: AbortSignal) =>
  call<T>(withQuery(path, query), { signal });
export const post = <T>(path: string, json: unknown = {}, signal?: AbortSignal) => call<T>(path, { method: 'POST', json, signal });
export const send = <T>(path: string, body: BodyInit, contentType: string) => call<T>(path, { method: 'POST', body, contentType });
export const remove = <T>(path: string) => call<T>(path, { method: 'DELETE' });
export const part = encodeURIComponent;

/** A file that the server makes: kept by the browser as it comes, then given to the person. Tells what the server said of it. */
export async function download(path: string, json: unknown, signal: AbortSignal): Promise<{ state: string; bytes: number }> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method: 'POST',
      headers: { 'X-Andon': '1', 'Content-Type': 'application/json' },
      credentials: 'same-origin',
      body: JSON.stringify(json),
      signal,
    });
  } catch (why) {
    if (why instanceof DOMException && why.name === 'AbortError') throw why;
    throw new Unreachable(why);
  }
  if (!answer.ok) throw refusal(answer.status, await answer.text());
  const file = await answer.blob();
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = /filename="([\w.-]+)"/.exec(answer.headers.get('Content-Disposition') ?? '')?.[1] ?? 'andon.txt';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  return { state: answer.headers.get('X-Andon-State') ?? '', bytes: file.size };
}
