import { expect, test } from 'vitest';
import { commands, main } from './cli.ts';
import { type Command, helpText, type Io, parseArguments } from './command.ts';

async function call(...argv: string[]) {
  let out = '';
  let err = '';
  const io: Io = {
    cwd: '/',
    env: {},
    out: text => void (out += text),
    drained: async () => {},
    err: text => void (err += text),
    terminal: false,
    signal: new AbortController().signal,
  };
  return { code: await main(argv, io), out, err };
}

const sample: Command = {
  name: 'sample',
  usage: '[packages]',
  help: 'Samples.',
  examples: [],
  flags: {
    m: { value: 'optional', placeholder: 'level', help: 'level' },
    tags: { value: 'required', placeholder: 'list', help: 'tags' },
    race: { value: 'switch', help: 'race' },
    json: { value: 'none', help: 'JSON' },
  },
  run: () => 0,
};

test.each<[string, Record<string, string>, string[]]>([
  ['-m ./...', { m: '' }, ['./...']],
  ['-m=2 -tags a,b x', { m: '2', tags: 'a,b' }, ['x']],
  ['--race -tags=a y -m', { race: '', tags: 'a', m: '' }, ['y']],
  ['-race -race=false', { race: 'false' }, []],
  ['-race=F --race=1', { race: '' }, []],
  ['-json -json=false', {}, []],
  ['-tags= x', { tags: '' }, ['x']],
  ['-- -m', {}, ['-m']],
  ['- x', {}, ['-', 'x']],
])('arguments %s', (line, flags, args) => {
  const parsed = parseArguments(sample, line.split(' '));
  expect([Object.fromEntries(parsed.flags), parsed.args]).toEqual([flags, args]);
});

test.each([
  ['-x', 'flag provided but not defined: -x'],
  ['-tags', 'flag needs an argument: -tags'],
  ['-race=2', 'invalid boolean value "2" for flag -race'],
  ['-json=2', 'flag -json takes no value'],
  ['-constructor', 'flag provided but not defined: -constructor'],
])('wrong usage %s', (line, message) => {
  expect(() => parseArguments(sample, line.split(' '))).toThrow(message);
});

test('without a command, with an unknown one, with a wrong flag: one line or the overview, and status 2', async () => {
  expect(await call()).toMatchObject({ code: 2, out: '' });
  expect(await call('nope')).toEqual({
    code: 2,
    out: '',
    err: 'gospect nope: unknown command (gospect help lists them)\n',
  });
  for (const name of Object.keys(commands)) {
    const { code, err } = await call(name, '-no-such-flag');
    expect(code).toBe(2);
    expect(err).toMatch(new RegExp(`^gospect ${name}: flag provided but not defined: -no-such-flag .*\n$`));
  }
});

test.each([
  ['m -m=x', '-m=x: not a level'],
  ['graph --json --dot', '-json and -dot cannot be used together'],
  ['size -html -json app', '-json and -html cannot be used together'],
  ['size -budget b.json old new', '-budget is for one file'],
  ['diff -sarif -json', '-json and -sarif cannot be used together'],
  ['ports -C no/such/folder', 'chdir no/such/folder: no such file or directory'],
  ['mod', 'which one? gospect mod graph, '],
  ['graph --from no/such.json', 'open no/such.json: no such file or directory'],
])('wrong input: gospect %s', async (line, message) => {
  const { code, out, err } = await call(...line.split(' '));
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^gospect \w+: .*\n$/);
  expect(err).toContain(`: ${message}`);
});

test('the version is that of package.json', async () => {
  const answer = { code: 0, out: expect.stringMatching(/^gospect \d+\.\d+\.\d+\n$/), err: '' };
  for (const line of ['version', '--version']) expect(await call(line)).toEqual(answer);
});

test('every command is in the overview and has help with every flag', async () => {
  const { out } = await call('--help');
  for (const [name, { summary, read }] of Object.entries(commands)) {
    const command = await read();
    expect(command.name).toBe(name);
    expect(out).toMatch(new RegExp(`\n  ${name} +\\S`));
    const help = await call(command.name, '--help');
    expect(help).toEqual({ code: 0, out: helpText(command), err: '' });
    expect(await call('help', command.name)).toEqual(help);
    for (const flag of Object.keys(command.flags)) expect(help.out).toContain(`-${flag}`);
    const { examples } = command;
    expect(examples.length, name).toBeGreaterThan(0);
    for (const [line] of examples) {
      const [word, ...rest] = line.replace(/ [|>].*/, '').split(' ');
      expect(word).toBe(name);
      parseArguments(command, rest);
    }
    expect(help.out.split('\n').filter(shown => shown.length > 80)).toEqual([]);
    expect(summary).not.toMatch(/\.$/);
  }
});
