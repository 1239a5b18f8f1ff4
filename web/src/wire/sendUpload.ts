import { useMutation, useQueryClient } from '@tanstack/react-query';
import { part, send } from './call';
import type { Uploaded } from './types';

/** A file of records, taken in as if its sender had sent it. */
export function useSendUpload() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (file: File) => send<Uploaded>(`/api/uploads?name=${part(file.name)}`, file, 'application/octet-stream'),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['sources'] }),
  });
}
