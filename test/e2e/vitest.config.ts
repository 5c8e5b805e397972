import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    globalSetup: ['test/e2e/setup.ts'],
    // one workbench for all files, one window at a time: the machine may be small
    fileParallelism: false,
    // a real window on a busy machine: what passes only at the second try is named in the summary
    retry: 1,
    testTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    hookTimeout: 300_000,
  },
});
