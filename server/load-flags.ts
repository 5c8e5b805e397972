/** Flags that decide what is loaded, spelled as Go spells them; '' and empty lists where not given. */
export interface LoadFlags {
  tags: string[];
  goos: string;
  goarch: string;
  /** -goamd64 and its kin: GOAMD64 to value. */
  levels: Readonly<Record<string, string>>;
  mod: string;
  modfile: string;
  instrument: '' | 'race' | 'msan' | 'asan';
  buildmode: string;
}

/** No flag is given. */
export const noFlags: LoadFlags = {
  tags: [],
  goos: '',
  goarch: '',
  levels: {},
  mod: '',
  modfile: '',
  instrument: '',
  buildmode: 'default',
};
