import { useMutation, useQueryClient } from '@tanstack/react-query';
import { send } from './call';
import type { RuleImport } from './types';

export function useImportRules() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (file: File) =>
      send<RuleImport>('/api/rules/import', file, file.name.toLowerCase().endsWith('.zip') ? 'application/zip' : 'text/yaml'),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['rules'] }),
  });
}
