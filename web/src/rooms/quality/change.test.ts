import { describe, expect, it } from 'vitest';
import type { QualityFigures } from '@/wire/types';
import { risen, unreadShare } from './change';

const figures = (events: number, failures: number) => ({ events, failures }) as QualityFigures;

describe('change', () => {
  it('is not made up where nothing is known from then', () => expect(risen('events', figures(5, 0), undefined)).toBeNull());
  it('is what came meanwhile', () => expect(risen('events', figures(15, 0), figures(5, 0))).toBe(10));
  it('of unread records is their share in what came', () => {
    expect(unreadShare(figures(110, 6), figures(100, 1))).toBe(0.5);
    expect(unreadShare(figures(100, 1), null)).toBe(0.01);
    expect(unreadShare(figures(0, 0), null)).toBe(0);
  });
});
