/** What was asked while the last group was being written, answered together. */
import type { Reply, Request } from './calls.ts';
import type { Writer } from './writer.ts';

/**
 * The answers, in the order of the requests. When they cannot be written together, nothing of them was; each is then
 * tried on its own, so that one that cannot be written takes no other with it.
 */
export function runGroup(writer: Writer, group: readonly Request[]): Reply[] {
  const alone = group.findIndex(({ name }) => name === 'backUp');
  if (alone !== -1 && group.length > 1) {
    const parts = [group.slice(0, alone), group.slice(alone, alone + 1), group.slice(alone + 1)];
    return parts.flatMap((part) => runGroup(writer, part));
  }
  try {
    const values = writer.answer(group);
    return group.map(({ seq }, at) => ({ seq, value: values[at] }));
  } catch (error) {
    if (group.length > 1) return group.flatMap((request) => runGroup(writer, [request]));
    const problem = error instanceof Error ? error.message : String(error);
    return group.map(({ seq }) => ({ seq, problem }));
  }
}
