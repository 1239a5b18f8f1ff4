import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './call';
import type { SourcePage, SourceSummary } from './types';

export interface SourcesWish {
  q?: string;
  health?: string;
  group?: string;
  tag?: string;
  dataset?: string;
  owner?: string;
  unit?: string;
  /** Something that a source has or lacks, as numbers elsewhere point to it. */
  has?: string;
  sort?: string;
  desc?: boolean;
}

/** Sources that fit, one page of them: narrowed and sorted by the server, for there may be thousands. */
export const sourcesPageQuery = (wish: SourcesWish, skip: number, take: number) =>
  queryOptions({
    queryKey: ['sources', 'page', wish, skip, take],
    queryFn: ({ signal }) => get<SourcePage>('/api/sources/page', { ...wish, desc: wish.desc ? 'true' : undefined, skip, take }, signal),
    refetchInterval: 30_000,
  });

/** The first of the sources that fit, for fields that offer some. Those before stay until the new ones are here. */
export const useFirstSources = (wish: SourcesWish, take: number, enabled = true) =>
  useQuery({ ...sourcesPageQuery(wish, 0, take), placeholderData: keepPreviousData, enabled });

/** All sources in a few numbers, and what they may be narrowed by. */
export const useSourceSummary = () =>
  useQuery({
    queryKey: ['sources', 'summary'],
    queryFn: ({ signal }) => get<SourceSummary>('/api/sources/summary', {}, signal),
    refetchInterval: 30_000,
  });
