import type { ServiceClass } from '@/wire/types';

export const classWords: Record<ServiceClass, { word: string; mark: string; meaning: string }> = {
  expedite: {
    word: 'Expedite',
    mark: '!!',
    meaning: 'Priority of 85 or more, or a date within three days. May break limits, two at a time.',
  },
  fixedDate: { word: 'Fixed date', mark: '◷', meaning: 'Has a date; it comes up when the date is a day away.' },
  standard: { word: 'Standard', mark: '', meaning: 'By priority; one pull in ten is for the oldest.' },
  intangible: { word: 'Intangible', mark: '◦', meaning: 'Planned work: tuning, validation, gaps. Has its share of pulls.' },
};
export const classes = Object.keys(classWords) as ServiceClass[];
export const works = [
  { value: 'tuning', label: 'Tuning' },
  { value: 'validation', label: 'Validation' },
  { value: 'gap', label: 'Gap work' },
];
