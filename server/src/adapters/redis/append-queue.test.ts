import { newId, type Frame } from '@treeline/shared';
import { describe, expect, it } from 'vitest';
import { AppendQueue } from './append-queue.ts';

function frame(body = '[{}]'): Frame {
  return { id: newId('frame'), session: newId('session'), epoch: 1, first: 1, count: 1, kind: 'fact', body };
}

/** Answers each frame as appended, and writes down the calls: the number of callers in each. */
function recording() {
  const calls: { ns: string; callers: number }[] = [];
  const queue = new AppendQueue((ns, args) => {
    calls.push({ ns, callers: Number(args[0]) });
    const ids = args.filter((arg) => String(arg).startsWith('frm_'));
    return Promise.resolve(ids.flatMap((id) => ['appended', '1', '1', String(id)]));
  });
  return { calls, queue };
}

describe('appends that are asked for together', () => {
  it('travel as one call for each namespace, and each caller gets its own results', async () => {
    const { calls, queue } = recording();
    const lists = [[frame()], [frame(), frame()], [frame()]];
    const [one, other] = await Promise.all([
      Promise.all(lists.map((frames) => queue.add('a', frames, undefined))),
      queue.add('b', [frame()], undefined),
    ]);
    expect(calls).toEqual([
      { ns: 'a', callers: 3 },
      { ns: 'b', callers: 1 },
    ]);
    expect(one.map((results) => results.map((result) => 'head' in result && result.head.frame))).toEqual(
      lists.map((frames) => frames.map(({ id }) => id)),
    );
    expect(other).toHaveLength(1);
  });

  it('are split when they are large, so that no call holds Redis up for long', async () => {
    const { calls, queue } = recording();
    const large = 'x'.repeat(400 * 1024);
    await Promise.all(Array.from({ length: 5 }, () => queue.add('a', [frame(large)], undefined)));
    expect(calls.map(({ callers }) => callers)).toEqual([2, 2, 1]);
  });

  it('all reject when their call does, and the next ones do not', async () => {
    let fail = true;
    const queue = new AppendQueue(() =>
      fail ? Promise.reject(new Error('gone')) : Promise.resolve(['appended', '1', '1', 'frm_1']),
    );
    const failed = await Promise.allSettled([
      queue.add('a', [frame()], undefined),
      queue.add('a', [frame()], undefined),
    ]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fail = false;
    expect(await queue.add('a', [frame()], undefined)).toHaveLength(1);
  });
});
