import { defineConfig } from 'vitest/config';

// The real program and a real Chromium. One file at a time, each step after the one before it: it is one tale.
export default defineConfig({
  test: {
    environment: 'node',
    include: ['browser/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    bail: 1,
    retry: 1, // A slow machine may lose a key press; what fails twice is wrong.
    testTimeout: 180_000,
    hookTimeout: 240_000,
  },
});
