import { describe, expect, it } from 'vitest';
import type { Finding } from '@/wire/types';
import { sampledIn } from './sampled';

const finding = (code: string): Finding => ({ code, message: code, hint: '', place: '', level: 'warning' });

describe('counts over sampled rows', () => {
  it('are known by their finding, among others', () => {
    expect(sampledIn([finding('KQL060'), finding('INT330')])?.code).toBe('INT330');
    expect(sampledIn([finding('INT331')])?.code).toBe('INT331');
  });
  it('are not seen where nothing says so', () => {
    expect(sampledIn([finding('KQL060')])).toBeUndefined();
    expect(sampledIn(undefined)).toBeUndefined();
  });
});
