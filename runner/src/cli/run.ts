/** `treeline …`: parses, runs one command, and turns how it ended into an exit code and at most one printed problem. */
import { CommanderError } from 'commander';
import type { Settings } from '../config.ts';
import { COMMANDS, GROUPS } from './commands/index.ts';
import { EXIT, type ExitCode, type Failure, failureOf } from './exit.ts';
import { type Flag, longName } from './flags.ts';
import { GLOBAL_FLAGS } from './globals.ts';
import { createOutput } from './output/output.ts';
import { treelineAsTyped } from '../programs.ts';
import { buildProgram } from './program.ts';

/** Resolves with the exit code; never rejects. */
export async function run(argv: readonly string[], settings: Settings): Promise<ExitCode> {
  let exit: ExitCode = EXIT.ok;
  const program = buildProgram({ groups: GROUPS, commands: COMMANDS, settings, done: (code) => (exit = code) });
  try {
    await program.parseAsync(withDefaultCommand(argv), { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    const failure = error instanceof CommanderError ? usageFailure(error, argv) : failureOf(error);
    const out = createOutput({
      json: argv.includes('--json'),
      quiet: argv.includes('-q') || argv.includes('--quiet'),
      noColor: settings.noColor || argv.includes('--no-color'),
      unicode: settings.unicode,
      typed: treelineAsTyped(),
    });
    out.problem(failure);
    return failure.exit;
  }
}

function usageFailure(error: CommanderError, argv: readonly string[]): Failure {
  const said = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  const message = error.code === 'commander.help' ? 'This needs one more word.' : (noSuchCommand(error, argv) ?? said);
  return { exit: EXIT.usage, code: 'usage', message, hint: 'Add --help to see what there is.' };
}

/** A word too many behind a group that is a command too, as in `runner strat`, is a mistyped command. */
function noSuchCommand({ code }: CommanderError, [group = '', word = '']: readonly string[]): string | undefined {
  if (code !== 'commander.excessArguments' || !GROUPS.some(({ name }) => name === group)) return undefined;
  return COMMANDS.some(({ name }) => name === `${group} ${word}`) ? undefined : `unknown command '${group} ${word}'`;
}

const HELP_FLAGS = ['-h', '--help', '-V', '--version'];

/** `treeline` alone, or with flags only, is `treeline up`. */
export function withDefaultCommand(argv: readonly string[]): string[] {
  const up = COMMANDS.find(({ name }) => name === 'up');
  const known: Flag<unknown>[] = [...Object.values<Flag<unknown>>(GLOBAL_FLAGS), ...Object.values(up?.flags ?? {})];
  const withValue = known.filter(({ flags }) => flags.includes('<')).map(({ flags }) => longName(flags));
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (HELP_FLAGS.includes(word) || !word.startsWith('-')) return [...argv];
    if (withValue.includes(word)) at++;
  }
  return ['up', ...argv];
}
