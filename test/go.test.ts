import { expect } from 'vitest';
import { goTest } from './go.ts';

goTest('the Go on PATH has a GOROOT', ({ version, goroot }) => {
  expect(version).toMatch(/^go1\.\d+/);
  expect(goroot).not.toBe('');
});
