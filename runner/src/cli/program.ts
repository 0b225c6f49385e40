/** Commander's side: turns declared commands into a program with help and parsing. */
import { Command as Commander, Option } from 'commander';
import type { Settings } from '../config.ts';
import { createCli } from './cli.ts';
import type { Command } from './command.ts';
import type { ExitCode } from './exit.ts';
import type { Flag } from './flags.ts';
import { GLOBAL_FLAGS, type Globals } from './globals.ts';

/** A word that groups commands: `treeline session …`. */
export interface Group {
  readonly name: string;
  readonly alias?: string;
  readonly summary: string;
}

export interface ProgramParts {
  readonly groups: readonly Group[];
  readonly commands: readonly Command[];
  readonly settings: Settings;
  /** Gets the exit code of the command that ran. */
  readonly done: (code: ExitCode) => void;
}

const EXIT_CODES =
  'Exit codes: 0 ok, 1 failed, 2 usage, 3 not found, 4 not allowed, 5 relay unreachable, 6 conflict, 7 timed out,\n' +
  '8 runner offline; session wait: 20 failed, 21 needs you, 22 stopped; 130 interrupted.';

/** The whole program. Parsing throws a CommanderError instead of ending the process. */
export function buildProgram(parts: ProgramParts): Commander {
  const program = prepare(new Commander('treeline'))
    .description('A relay for trees of coding agents. Without a command: `treeline up`.')
    .version(parts.settings.version, '-V, --version', 'print the version')
    .helpCommand(false)
    .addHelpText('after', `\nAn id may be given by its beginning or its end, 4 characters at least.\n${EXIT_CODES}`);
  addFlags(program, GLOBAL_FLAGS);
  const groups = new Map(parts.groups.map((group) => [group.name, addGroup(program, group)]));
  for (const command of parts.commands) {
    const words = command.name.split(' ');
    const parent = words.length === 1 ? program : groups.get(words[0] ?? '');
    if (parent === undefined) throw new Error(`no group for "${command.name}"`);
    const made = addCommand(parent, command, { program, ...parts });
    // A command may have others below it: `relay`, `relay backup`.
    if (words.length === 1) groups.set(command.name, made);
  }
  return program;
}

function addGroup(program: Commander, group: Group): Commander {
  const made = prepare(program.command(group.name)).description(group.summary).helpCommand(false);
  if (group.alias !== undefined) made.alias(group.alias);
  return made;
}

function addCommand(parent: Commander, command: Command, parts: ProgramParts & { program: Commander }): Commander {
  const name = command.name.split(' ').at(-1) ?? command.name;
  const group = parent.commands.find((it) => it.name() === name);
  // A group that is a command too keeps its own summary: `runner`, `runner start`.
  const made = group ?? prepare(parent.command(name, { hidden: command.hidden === true })).summary(command.summary);
  made
    .description(command.details === undefined ? command.summary : `${command.summary}\n\n${command.details}`)
    .addHelpText('after', `\nExamples:\n${examplesText(command)}`);
  for (const [key, arg] of Object.entries(command.args)) made.argument(arg.shape(key), arg.doc);
  const attributes = addFlags(made, command.flags);
  made.action(async () => {
    // Commander gives a flag that a command above has too to that one: `runner --home`, `runner start --home`.
    const given = made.optsWithGlobals<Record<string, unknown>>();
    const options = Object.fromEntries([...attributes].map(([key, attribute]) => [key, given[attribute]]));
    const cli = createCli(parts.settings, readGlobals(parts.program));
    parts.done(await command.run({ args: made.processedArgs, options, cli }));
  });
  return made;
}

export function readGlobals(program: Commander): Globals {
  const given = program.opts<Record<string, unknown>>();
  const entries = Object.entries<Flag<unknown>>(GLOBAL_FLAGS).map(([key, flag]) => {
    return [key, flag.read(given[attributeOf(flag)])];
  });
  return Object.fromEntries(entries) as Globals;
}

/** Key of a flag → the name under which commander keeps its value. */
function addFlags(to: Commander, flags: Readonly<Record<string, Flag<unknown>>>): Map<string, string> {
  for (const flag of Object.values(flags)) {
    const option = new Option(flag.flags, flag.doc);
    if (flag.repeatable)
      option.argParser((value: string, before: unknown) => [...(Array.isArray(before) ? before : []), value]);
    to.addOption(option);
  }
  return new Map(Object.entries(flags).map(([key, flag]) => [key, attributeOf(flag)]));
}

const attributeOf = (flag: Flag<unknown>) => new Option(flag.flags).attributeName();

function prepare(command: Commander): Commander {
  return command
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({ writeErr: () => undefined })
    .showSuggestionAfterError()
    .allowExcessArguments(false);
}

function examplesText(command: Command): string {
  return command.examples.map(([line, doc]) => `  $ treeline ${line}\n      ${doc}`).join('\n');
}
