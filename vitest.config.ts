import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{core,server,client,webview,scripts,test,grammars}/**/*.test.ts'],
    setupFiles: ['test/laws.setup.ts'],
    testTimeout: 180_000,
    maxWorkers: 2,
    reporters: ['dot'],
  },
});
