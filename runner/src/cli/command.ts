/** Declaring a command once: its place, help, examples, arguments, flags and action. One command, one file. */
import type { Cli } from './cli.ts';
import type { ExitCode } from './exit.ts';
import type { Argument, Flag, ValuesOf } from './flags.ts';

type Arguments = Readonly<Record<string, Argument<unknown>>>;
type Flags = Readonly<Record<string, Flag<unknown>>>;

export interface CommandSpec<A extends Arguments, F extends Flags> {
  /** Words after `treeline`: `session new`. */
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** What else one has to know. */
  readonly details?: string;
  /** Each a line as typed, without `treeline`, and what that line does. */
  readonly examples: readonly [readonly [line: string, doc: string], ...(readonly [line: string, doc: string])[]];
  readonly args: A;
  readonly flags: F;
  /** For the program's own use; not in any help. */
  readonly hidden?: boolean;
  /** Resolves with the exit code; nothing means 0. Problems are thrown. */
  readonly action: (call: {
    readonly args: ValuesOf<A>;
    readonly flags: ValuesOf<F>;
    readonly cli: Cli;
  }) => Promise<ExitCode | void>;
}

/** A command whose argument types are forgotten, as program.ts registers it. */
export interface Command extends Omit<CommandSpec<Arguments, Flags>, 'action'> {
  /** `options` by the keys of `flags`, as commander collected them. */
  readonly run: (given: {
    readonly args: readonly unknown[];
    readonly options: Readonly<Record<string, unknown>>;
    readonly cli: Cli;
  }) => Promise<ExitCode>;
}

export function command<A extends Arguments, F extends Flags>(spec: CommandSpec<A, F>): Command {
  const { action, ...rest } = spec;
  return {
    ...rest,
    async run({ args, options, cli }) {
      const argValues = Object.entries(spec.args).map(([key, arg], at) => [key, arg.read(args[at])]);
      const flagValues = Object.entries(spec.flags).map(([key, flag]) => [key, flag.read(options[key])]);
      const code = await action({
        args: Object.fromEntries(argValues) as ValuesOf<A>,
        flags: Object.fromEntries(flagValues) as ValuesOf<F>,
        cli,
      });
      return code ?? 0;
    },
  };
}
