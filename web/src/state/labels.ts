/** Labels as people write them: `key=value`, one after the other. */
import type { Labels } from '@treeline/shared';

export function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => (value === '' ? key : `${key}=${value}`))
    .join(', ');
}

/** A word without `=` is a label without a value. */
export function parseLabels(text: string): Labels {
  const pairs = text
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part): [string, string] => {
      const at = part.indexOf('=');
      return at < 0 ? [part, ''] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    });
  return Object.fromEntries(pairs.filter(([key]) => key !== ''));
}
