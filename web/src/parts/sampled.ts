import type { Finding } from '@/wire/types';

/** What the server says of counts over sampled rows; the same finding on answers, bars, tops of fields and panels. */
export const sampledIn = (findings: Finding[] | undefined) => findings?.find((f) => f.code === 'INT330' || f.code === 'INT331');
