/** Flags and arguments of a command, each declared once: how it is written, what it means, what its value becomes. */
import { usageError } from './exit.ts';
import { parseDuration } from './time.ts';

export interface Flag<T> {
  /** As commander has it: `-a, --all`, `--title <text>`, `--no-open`. */
  readonly flags: string;
  readonly doc: string;
  /** May be given more than once. */
  readonly repeatable: boolean;
  /** From what commander collected: undefined, a boolean, a text, or texts of a repeatable flag. */
  readonly read: (raw: unknown) => T;
}

const one = <T>(flags: string, doc: string, read: (raw: unknown) => T): Flag<T> => ({
  flags,
  doc,
  repeatable: false,
  read,
});
const textOf = (raw: unknown): string | undefined => (typeof raw === 'string' ? raw : undefined);

/** True when it is given. */
export const toggle = (flags: string, doc: string): Flag<boolean> => one(flags, doc, (raw) => raw === true);

/** `--no-…`: true unless it is given. */
export const unless = (flags: string, doc: string): Flag<boolean> => one(flags, doc, (raw) => raw !== false);

export const text = (flags: string, doc: string): Flag<string | undefined> => one(flags, doc, textOf);

export function integer(flags: string, doc: string, range: { min: number; max: number }): Flag<number | undefined> {
  return one(flags, doc, (raw) => {
    const given = textOf(raw);
    if (given === undefined) return undefined;
    const value = Number(given);
    if (/^\d+$/.test(given) && value >= range.min && value <= range.max) return value;
    throw usageError(`${longName(flags)} takes a whole number from ${range.min} to ${range.max}, not "${given}"`);
  });
}

/** Milliseconds. */
export function duration(flags: string, doc: string): Flag<number | undefined> {
  return one(flags, doc, (raw) => {
    const given = textOf(raw);
    if (given === undefined) return undefined;
    const ms = parseDuration(given);
    if (ms !== undefined && ms > 0) return ms;
    throw usageError(`${longName(flags)} takes a duration such as 30s, 10m or 2h, not "${given}"`);
  });
}

export function choice<const C extends string>(flags: string, doc: string, choices: readonly C[]): Flag<C | undefined> {
  return one(flags, doc, (raw) => {
    const given = textOf(raw);
    if (given === undefined) return undefined;
    const chosen = choices.find((it) => it === given);
    if (chosen !== undefined) return chosen;
    throw usageError(`${longName(flags)} is one of ${choices.join(', ')}, not "${given}"`);
  });
}

/** As often as it is given. */
export function texts(flags: string, doc: string): Flag<readonly string[]> {
  return { flags, doc, repeatable: true, read: (raw) => (Array.isArray(raw) ? raw.map(String) : []) };
}

/** `key=value`, as often as it is given. */
export function pairs(flags: string, doc: string): Flag<Readonly<Record<string, string>>> {
  const list = texts(flags, doc);
  return {
    ...list,
    read: (raw) =>
      Object.fromEntries(
        list.read(raw).map((pair) => {
          const at = pair.indexOf('=');
          if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
          throw usageError(`${longName(flags)} takes key=value, not "${pair}"`);
        }),
      ),
  };
}

export function longName(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags;
}

export interface Argument<T> {
  /** `<name>`, `[name]` or `[name...]`. */
  readonly shape: (name: string) => string;
  readonly doc: string;
  readonly read: (raw: unknown) => T;
}

export const required = (doc: string): Argument<string> => ({ shape: (name) => `<${name}>`, doc, read: String });
export const optional = (doc: string): Argument<string | undefined> => ({
  shape: (name) => `[${name}]`,
  doc,
  read: textOf,
});
/** The rest of the line. */
export const rest = (doc: string): Argument<readonly string[]> => ({
  shape: (name) => `[${name}...]`,
  doc,
  read: (raw) => (Array.isArray(raw) ? raw.map(String) : []),
});

export type ValuesOf<D extends Readonly<Record<string, { readonly read: (raw: unknown) => unknown }>>> = {
  readonly [K in keyof D]: ReturnType<D[K]['read']>;
};
