import type { Cell } from '@/wire/types';

/** A cell as text: what is compared, copied and put into a filter. */
export const cellText = (cell: Cell | undefined): string =>
  cell === null || cell === undefined ? '' : typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
