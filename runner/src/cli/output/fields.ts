/** A record as aligned `Name  value` lines; empty values are left out, long ones continue below themselves. */
import type { Look } from './output.ts';
import { safeColored } from './safe.ts';

type Field = readonly [name: string, value: string];

/** `nameWidth`: at least this wide, so that several calls stand under each other. */
export function renderFields(fields: readonly Field[], { colors }: Look, nameWidth = 0): string[] {
  const shown = fields.filter(([, value]) => value !== '');
  const width = Math.max(nameWidth, ...shown.map(([name]) => name.length)) + 2;
  return shown.flatMap(([name, value]) => {
    const [first = '', ...others] = safeColored(value).split('\n');
    return [colors.dim(name.padEnd(width)) + first, ...others.map((line) => ' '.repeat(width) + line)];
  });
}
