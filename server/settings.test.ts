import { expect, test } from 'vitest';
import { readSettings } from './settings.ts';

test('nothing, and nonsense, give the defaults', () => {
  const defaults = readSettings(undefined, '/w', {});
  expect(defaults).toMatchObject({ enabled: true, hidden: [], inlayHints: 'all', env: {} });
  for (const value of [null, 3, [], { gospect: 1, go: [] }, { gospect: { remarks: 'x' }, go: { toolsEnvVars: 1 } }]) {
    expect(readSettings(value, '/w', {})).toEqual(defaults);
  }
});

test('kinds are hidden by group, the target and the tags are read', () => {
  const settings = readSettings(
    {
      gospect: { remarks: { stack: false, heap: true }, target: 'windows/arm64', inlayHints: 'costs' },
      go: {
        buildTags: 'a b,c',
        toolsEnvVars: { GOFLAGS: '-mod=mod', X: '${env:HOME}/${workspaceFolder}' },
        goroot: '~/g',
      },
    },
    '/w',
    { HOME: '/home' },
  );
  expect(settings.hidden).toContain('does-not-escape');
  expect(settings.hidden).not.toContain('escapes');
  expect(settings.flags).toMatchObject({ goos: 'windows', goarch: 'arm64', tags: ['a', 'b', 'c'] });
  expect(settings.env).toEqual({ GOFLAGS: '-mod=mod', X: '/home//w', GOROOT: '/home/g' });
});

test('tags of remarks are added to those of the Go extension', () => {
  const settings = { go: { buildTags: 'z' }, gospect: { tags: ['a', 'z', 'not a tag', 7] } };
  expect(readSettings(settings, '/', {}).flags.tags).toEqual(['z', 'a', '7']);
});

test('tags in go.buildFlags win over go.buildTags', () => {
  expect(readSettings({ go: { buildFlags: ['-tags=x,y'], buildTags: 'z' } }, '/', {}).flags.tags).toEqual(['x', 'y']);
});
