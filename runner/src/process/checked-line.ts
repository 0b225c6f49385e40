/** One record as a line of an append-only file: `<crc32, 8 hex digits> <JSON>\n`. */
import { crc32 } from 'node:zlib';
import type { z } from 'zod';

const NEWLINE = 10;
const PREFIX_BYTES = 9;

/** The line of a value, newline included. JSON has no raw newline, so a line is a record. */
export function encodeLine(value: unknown): string {
  const json = JSON.stringify(value);
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
}

/** The value of a line without its newline; undefined when the checksum, the JSON or the schema does not hold. */
export function decodeLine<S extends z.ZodType>(schema: S, line: Buffer): z.output<S> | undefined {
  if (line.length <= PREFIX_BYTES) return undefined;
  const json = line.subarray(PREFIX_BYTES);
  if (line.toString('latin1', 0, PREFIX_BYTES) !== `${crc32(json).toString(16).padStart(8, '0')} `) return undefined;
  try {
    const parsed = schema.safeParse(JSON.parse(json.toString('utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined; // The caller treats a line that is no JSON as it treats a wrong checksum.
  }
}

export interface Decoded<T> {
  readonly values: T[];
  /** Bytes up to and with the newline of the last value. */
  readonly bytes: number;
  /** What stopped it: the end of the bytes (perhaps within a line), the wished number of lines, or a line that does not hold. */
  readonly stop: 'end' | 'limit' | 'damaged';
}

/** Decodes whole lines from the beginning of `bytes`. */
export function decodeLines<S extends z.ZodType>(schema: S, bytes: Buffer, maxLines: number): Decoded<z.output<S>> {
  const values: z.output<S>[] = [];
  let start = 0;
  while (values.length < maxLines) {
    const end = bytes.indexOf(NEWLINE, start);
    if (end < 0) return { values, bytes: start, stop: 'end' };
    const value = decodeLine(schema, bytes.subarray(start, end));
    if (value === undefined) return { values, bytes: start, stop: 'damaged' };
    values.push(value);
    start = end + 1;
  }
  return { values, bytes: start, stop: 'limit' };
}
