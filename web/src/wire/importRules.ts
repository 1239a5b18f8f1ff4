import { useMutation, useQueryClient } from '@tanstack/react-query';
import { part, send } from './call';
import type { RuleImport } from './types';

export function useImportRules() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ file, why }: { file: File; why: string }) =>
      send<RuleImport>(
        `/api/rules/import?why=${part(why)}`,
        file,
        file.name.toLowerCase().endsWith('.zip') ? 'application/zip' : 'text/yaml',
      ),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['rules'] }),
  });
}
