import { Select, TextInput } from '@mantine/core';
import type { SearchParameter, SearchValue } from '@/wire/types';

const hints: Record<string, string> = {
  string: 'text',
  list: 'one, two, three',
  long: '10',
  real: '0.5',
  timespan: '15m, 4h, 1d',
  datetime: '2026-03-02T08:00:00Z',
};

interface Props {
  values: SearchValue[];
  /** What is known of them beyond name and type. */
  parameters?: SearchParameter[];
  onChange: (values: SearchValue[]) => void;
  onRun: () => void;
}

/** One small field for each parameter; Enter runs. */
export function ParameterFields({ values, parameters = [], onChange, onRun }: Props) {
  const set = (name: string, value: string) => onChange(values.map((v) => (v.name === name ? { ...v, value } : v)));
  return (
    <div className="parameters" role="group" aria-label="Parameters">
      {values.map((v) => {
        const about = parameters.find((p) => p.name === v.name)?.about;
        return v.type === 'bool' ? (
          <Select
            key={v.name}
            label={v.name}
            data={['true', 'false']}
            value={v.value || null}
            allowDeselect={false}
            onChange={(to) => set(v.name, to ?? 'false')}
          />
        ) : (
          <TextInput
            key={v.name}
            label={v.name}
            title={about || `A ${v.type}`}
            placeholder={hints[v.type] ?? v.type}
            spellCheck={false}
            value={v.value ?? ''}
            onChange={(e) => set(v.name, e.currentTarget.value)}
            onKeyDown={(e) => e.key === 'Enter' && onRun()}
          />
        );
      })}
    </div>
  );
}
