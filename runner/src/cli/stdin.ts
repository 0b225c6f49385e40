/** Text that may come from stdin. */
import { text as readAll } from 'node:stream/consumers';
import { LIMITS } from '@treeline/shared';
import { usageError } from './exit.ts';

/** The text as given; for `-`, or nothing where stdin is no terminal, all of stdin. Throws a usage error when it is empty or too long. */
export async function textOrStdin(given: string | undefined, what: string): Promise<string> {
  const absent = given === undefined || given === '';
  if (absent && process.stdin.isTTY)
    throw usageError(`There is no ${what}.`, 'Write it after the command, or "-" to read it from stdin.');
  const text = absent || given === '-' ? (await readAll(process.stdin)).trim() : given;
  if (text === '') throw usageError(`The ${what} is empty.`);
  if (text.length > LIMITS.textChars) throw usageError(`The ${what} is longer than ${LIMITS.textChars} characters.`);
  return text;
}
