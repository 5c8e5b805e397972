/** Targets of builds as tasks and settings have them: by their names. */
import os from 'node:os';
import { type BuildTarget, portOfNode } from '../server/protocol/ports.ts';

/** The target of a name `os/arch[/level]`; what the name lacks is ''. */
export const parseTarget = (name: string): BuildTarget => {
  const [goos = '', goarch = '', level = ''] = name.split('/');
  return { goos, goarch, level };
};

/** Go's name of the machine the extension runs on. */
export function hostTarget(): BuildTarget {
  return { ...portOfNode(process.platform, process.arch, os.endianness()), level: '' };
}
