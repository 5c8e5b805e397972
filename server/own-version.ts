import fs from 'node:fs';

/** Gospect's own version, as package.json has it, which lies one folder above both the sources and the bundles. */
export function ownVersion(): string {
  const manifest = fs.readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
