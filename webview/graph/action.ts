/** What an action is called, and how long it took. */
import type { GraphAction } from '../../server/protocol/builds.ts';

/** Its package, with the mode where that is not compiling it. */
export function nameOf(action: GraphAction): string {
  if (action.mode === 'build') return action.package;
  return action.package === '' ? action.mode : `${action.mode} ${action.package}`;
}

/** As much of the end of a name's path as there is room for: packages of one module begin alike. */
export function shortened(name: string, fits: (text: string) => boolean): string {
  if (fits(name)) return name;
  const [, verb = '', path] = /^(\S+ )?(.*)$/s.exec(name)!;
  const parts = path.split('/');
  let text = name;
  for (let i = 1; i < parts.length && !fits(text); i++) text = `${verb}…/${parts.slice(i).join('/')}`;
  return text;
}

/** Milliseconds that the action took; 0 when it never ran. */
export function duration(action: GraphAction): number {
  return action.start >= 0 && action.done >= action.start ? action.done - action.start : 0;
}
