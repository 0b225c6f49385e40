import { expect, test } from 'vitest';
import { readSettings } from '../../config.ts';
import { GLOBAL_FLAGS } from '../globals.ts';
import { buildProgram } from '../program.ts';
import { COMMANDS, GROUPS } from './index.ts';

const program = buildProgram({ groups: GROUPS, commands: COMMANDS, settings: readSettings({}), done: () => undefined });

function made(name: string) {
  let at = program;
  for (const word of name.split(' ')) {
    const next = at.commands.find((command) => command.name() === word);
    if (next === undefined) throw new Error(`${name} is not in the program`);
    at = next;
  }
  return at;
}

test.each(COMMANDS.map((command) => [command.name, command] as const))(
  '%s says what it does, with an example',
  (name, command) => {
    expect(command.summary).toMatch(/^[A-Z].*[^.]$/);
    expect(command.summary.length).toBeLessThan(90);
    for (const [line, doc] of command.examples) {
      expect(line === name || line.startsWith(`${name} `), `"${line}" is an example of ${name}`).toBe(true);
      expect(doc).toMatch(/\.$/);
    }
    for (const { doc } of [...Object.values(command.args), ...Object.values(command.flags)]) expect(doc).not.toBe('');
  },
);

test.each(COMMANDS.map(({ name }) => name))('%s shows examples, arguments and --json in its help', (name) => {
  let help = '';
  made(name)
    .configureOutput({ writeOut: (text) => (help += text) })
    .outputHelp();
  expect(help).toContain('--json');
  expect(help).toContain('Examples:');
  expect(help).toContain(`treeline ${name}`);
});

test('every example names flags that its command has', () => {
  const known = Object.values(GLOBAL_FLAGS).map(({ flags }) => flags);
  for (const command of COMMANDS) {
    const flags = [...known, ...Object.values(command.flags).map((flag) => flag.flags)].join(' ').split(/[ ,]+/);
    for (const [line] of command.examples) {
      const [own = ''] = line.split(' -- ');
      for (const used of own.match(/(?<=\s)--?[a-z][\w-]*/g) ?? [])
        expect(flags, `${used} in "${line}"`).toContain(used);
    }
  }
});

test('no command is there twice, and every group has commands', () => {
  const names = COMMANDS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const group of GROUPS) expect(names.some((name) => name.startsWith(`${group.name} `))).toBe(true);
});

test('no flag of a command hides a global one', () => {
  const globals = Object.values(GLOBAL_FLAGS).flatMap(({ flags }) => flags.match(/--?[\w-]+/g) ?? []);
  for (const { name, flags } of COMMANDS) {
    const own = Object.values(flags).flatMap((flag) => flag.flags.match(/(?<![\w<-])--?[\w-]+/g) ?? []);
    expect(
      own.filter((flag) => globals.includes(flag)),
      name,
    ).toEqual([]);
  }
});
