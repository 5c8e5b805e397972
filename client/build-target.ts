/** A port to build for, and its name as it stands in tasks and settings: `os/arch[/level]`. */
import os from 'node:os';
import { portOfNode } from '../server/protocol/ports.ts';

/** A port to build for. */
export interface BuildTarget {
  goos: string;
  goarch: string;
  /** Of the processor; '' for the default. */
  level: string;
}

export const targetName = ({ goos, goarch, level }: BuildTarget): string =>
  `${goos}/${goarch}${level ? `/${level}` : ''}`;

export const parseTarget = (name: string): BuildTarget => {
  const [goos = '', goarch = '', level = ''] = name.split('/');
  return { goos, goarch, level };
};

/** Go's name of the machine the extension runs on. */
export function hostTarget(): BuildTarget {
  return { ...portOfNode(process.platform, process.arch, os.endianness()), level: '' };
}
