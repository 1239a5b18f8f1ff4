import { post } from './call';
import type { components } from './schema';

export type CompletionAnswer = components['schemas']['CompletionAnswer'];

/** What our server's parser can have at a place in a query, and what stands there. */
export const completeText = (text: string, caret: number, signal?: AbortSignal) =>
  post<CompletionAnswer>('/api/search/complete', { text, caret }, signal);
