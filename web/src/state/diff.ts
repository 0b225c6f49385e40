/** The lines in which two texts differ, with a little of what is around them. */

export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed' | 'skipped';
  readonly text: string;
}

const AROUND = 3;

/** Common beginning and end stay; what is between was replaced. Good enough to read, and linear in size. */
export function diffLines(before: string, after: string): DiffLine[] {
  const old = before === '' ? [] : before.split('\n');
  const fresh = after === '' ? [] : after.split('\n');
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head++;
  let tail = 0;
  while (tail < old.length - head && tail < fresh.length - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail++;
  const line = (kind: DiffLine['kind']) => (text: string) => ({ kind, text });
  const top = old.slice(0, head);
  const end = old.slice(old.length - tail);
  return [
    ...skipped(top.length - AROUND),
    ...top.slice(-AROUND).map(line('same')),
    ...old.slice(head, old.length - tail).map(line('removed')),
    ...fresh.slice(head, fresh.length - tail).map(line('added')),
    ...end.slice(0, AROUND).map(line('same')),
    ...skipped(end.length - AROUND),
  ];
}

function skipped(count: number): DiffLine[] {
  return count > 0 ? [{ kind: 'skipped', text: `${count} unchanged line${count === 1 ? '' : 's'}` }] : [];
}
