import { TextInput } from '@mantine/core';

/** Every change is kept with its reason. */
export function WhyField({ value, onChange, placeholder }: { value: string; onChange: (v: string) => void; placeholder?: string }) {
  return (
    <TextInput
      label="Reason"
      description="Kept with the change"
      placeholder={placeholder}
      value={value}
      onChange={(e) => onChange(e.currentTarget.value)}
      className="grow"
    />
  );
}
