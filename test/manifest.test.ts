import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { profiles } from '../server/build/targets.ts';

const root = path.dirname(import.meta.dirname);
const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
const { commands, menus, configuration, viewsWelcome, walkthroughs } = manifest.contributes;

interface Group {
  properties: Record<string, { default: unknown }>;
}

/** First and second cells of the rows of the README's tables whose first cell matches. */
function rows(first: RegExp): [string, string][] {
  return [...readme.matchAll(/^\| (.+?) \| (.*?) \|/gm)]
    .map(([, a, b]): [string, string] => [a, b])
    .filter(([name]) => first.test(name));
}

test("the README's table of settings is the manifest's", () => {
  const listed = rows(/^`gospect\./).map(([name, value]) => [name.replaceAll('`', ''), value.replaceAll('`', '')]);
  const contributed = configuration
    .flatMap(({ properties }: Group) => Object.entries(properties))
    .map(([name, property]: [string, { default: unknown }]) => [name, JSON.stringify(property.default)]);
  expect(listed).toEqual(contributed);
});

test("the README's table of commands is the manifest's", () => {
  const listed = rows(/^Gospect: /).map(([title]) => title);
  expect(listed).toEqual(
    commands.map(({ category, title }: { category: string; title: string }) => `${category}: ${title}`),
  );
});

test('the setting of the profile offers and explains each profile there is', () => {
  const properties = Object.assign({}, ...configuration.map((group: Group) => group.properties));
  const { examples, markdownDescription } = properties['gospect.build.profile'];
  const names = profiles.map(({ name }) => name);
  expect(examples).toEqual(names);
  for (const name of names) expect(markdownDescription).toContain(`\`${name}\``);
});

test('menus, welcome texts and walkthroughs name commands that exist', () => {
  const known = new Set(commands.map(({ command }: { command: string }) => command));
  const used = JSON.stringify([menus, viewsWelcome, walkthroughs]).matchAll(/gospect\.\w+/g);
  const views = new Set([
    'gospect.builds',
    'gospect.building',
    'gospect.answer',
    'gospect.answered',
    'gospect.toolchain',
    'gospect.noBuilds',
    'gospect.binary',
    'gospect.remarks',
    'gospect.missesOnly',
  ]);
  for (const [name] of used) expect(known.has(name) || views.has(name), name).toBe(true);
});

test('files that the manifest names are there', () => {
  const files = JSON.stringify(manifest).matchAll(/"((?:\.\/)?media\/[^"]+)"/g);
  for (const [, file] of files) expect(fs.existsSync(path.join(root, file)), file).toBe(true);
});
