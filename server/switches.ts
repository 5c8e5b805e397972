/** Flags of the go command that are on or off. */

/** What Go takes for true and false (strconv.ParseBool); undefined for anything else. */
export function truth(text: string): boolean | undefined {
  if (/^(?:1|t|T|true|TRUE|True)$/.test(text)) return true;
  return /^(?:0|f|F|false|FALSE|False)$/.test(text) ? false : undefined;
}

/** The switch of a command line as an argument of the go command. */
export function switchFlag(name: string, given: ReadonlyMap<string, string>): string {
  return given.get(name) === 'false' ? `-${name}=false` : `-${name}`;
}

/** Whether arguments of the go command turn the switch on: the last one counts. */
export function isOn(name: string, flags: readonly string[]): boolean {
  const last = flags.findLast(flag => flag.replace(/^--?/, '').split('=')[0] === name);
  return last !== undefined && (!last.includes('=') || truth(last.slice(last.indexOf('=') + 1)) === true);
}
