import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    globalSetup: ['test/e2e/setup.ts'],
    // one workbench for all files, one window at a time: the machine may be small
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
