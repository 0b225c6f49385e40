/** The runner's files of checked lines (`<crc32> <JSON>`), read without its code. */
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/** Every whole line; throws at one that does not hold, but for an unfinished last one. */
export function readLines<T>(path: string): T[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.pop();
  return lines.map((line, index) => {
    const json = line.slice(9);
    if (line.slice(0, 8) !== crc32(json).toString(16).padStart(8, '0'))
      throw new Error(`${path}: line ${index + 1} does not hold`);
    return JSON.parse(json) as T;
  });
}
