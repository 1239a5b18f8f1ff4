import { defineConfig } from 'vitest/config';

// The real program and a real Chromium, both of each file's own. Two files at a time: a tale is mostly waiting. Each step comes after the one before it.
export default defineConfig({
  test: {
    environment: 'node',
    include: ['browser/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    bail: 1,
    retry: 1, // A slow machine may lose a key press; what fails twice is wrong.
    testTimeout: 180_000,
    hookTimeout: 240_000,
  },
});
