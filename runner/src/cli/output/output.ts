/** Where commands print. Results go to stdout; notes, advice and problems to stderr. */
import pc from 'picocolors';
import type { Failure } from '../exit.ts';
import { ASCII, type Symbols, UNICODE } from './symbols.ts';

export type Colors = ReturnType<typeof pc.createColors>;

/** How text may look. */
export interface Look {
  readonly colors: Colors;
  readonly symbols: Symbols;
  /** Columns of the terminal; wide when it is none. */
  readonly width: number;
}

export interface Output {
  readonly look: Look;
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  /** A line of the result. */
  line(text?: string): void;
  /** A line beside the result; not with --quiet or --json. */
  note(text: string): void;
  /** One JSON value: indented for people at a terminal. */
  json(value: unknown): void;
  /** One JSON value on one line. */
  jsonLine(value: unknown): void;
  problem(failure: Failure): void;
}

const WIDE = 160;

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly noColor: boolean;
  readonly unicode: boolean;
  /** How `treeline` is typed here: advice names commands as a person at this terminal can type them. */
  readonly typed: string;
}

export function createOutput(options: OutputOptions): Output {
  const { stdout, stderr } = process;
  const typed = (text: string) => text.replaceAll(/(?<!pnpm )\btreeline (?=[a-z])/g, `${options.typed} `);
  const tinted = (isTty: boolean | undefined) => pc.createColors(isTty === true && !options.noColor);
  const look: Look = {
    colors: tinted(stdout.isTTY),
    symbols: options.unicode ? UNICODE : ASCII,
    width: stdout.isTTY ? stdout.columns : WIDE,
  };
  const onStderr = tinted(stderr.isTTY);
  return {
    look,
    isJson: options.json,
    isQuiet: options.quiet,
    line: (text = '') => void stdout.write(`${text}\n`),
    note: (text) => {
      if (!options.json && !options.quiet) stderr.write(`${onStderr.dim(typed(text))}\n`);
    },
    json: (value) => void stdout.write(`${JSON.stringify(value, null, stdout.isTTY ? 2 : undefined)}\n`),
    jsonLine: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
    problem: (failure) => {
      if (options.json) {
        const { exit: _, ...error } = failure;
        stderr.write(`${JSON.stringify({ error: { ...error, hint: typed(error.hint) } })}\n`);
        return;
      }
      const id = failure.requestId === undefined ? '' : onStderr.dim(`  (${failure.requestId})`);
      stderr.write(`${onStderr.red('error')} ${failure.message}${id}\n`);
      if (!options.quiet) stderr.write(`${onStderr.dim('  → ')}${typed(failure.hint)}\n`);
    },
  };
}
