import { useMutation, useQueryClient } from '@tanstack/react-query';
import { part, send } from './call';
import type { Accepted } from './types';

export type ExposureInput = { kind: 'inventory' | 'kev'; file: File } | { kind: 'scan'; file: File; asset: string };

const path = (ask: ExposureInput) => (ask.kind === 'scan' ? `/api/exposure/scan?asset=${part(ask.asset)}` : `/api/exposure/${ask.kind}`);

export function useSendExposure() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (ask: ExposureInput) => send<Accepted>(path(ask), ask.file, ask.kind === 'inventory' ? 'text/csv' : 'application/json'),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['exposure'] }),
  });
}
