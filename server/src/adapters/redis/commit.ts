/** A unit as the arguments of the commit script, and its answer. The order here is the order in which scripts/commit.ts reads. */
import type { SessionId } from '@treeline/shared';
import type { CommitResult, Put, Ref, Unit } from '../../ports/store.ts';
import { parseHead, pushFrame } from './append-queue.ts';
import { indexPath, refPath, timerMember } from './keys.ts';

type Args = (string | number)[];
type Rejection = Extract<CommitResult, { status: 'rejected' }>['append'];

export function unitArgs(unit: Unit): Args {
  const args: Args = [];
  pushList(args, unit.fences, ({ name, value }) => args.push(name, value));
  pushList(args, unit.expect, (one) => args.push(refPath(one), one.version));
  pushList(args, unit.put, (put) => {
    pushRef(args, put);
    args.push(put.expect, JSON.stringify(put.value));
    pushList(args, indexPaths(put), (path) => args.push(path));
  });
  pushList(args, unit.remove, (one) => {
    pushRef(args, one);
    args.push(one.expect);
  });
  pushList(args, unit.frames, (frame) => pushFrame(args, frame));
  pushList(args, unit.clearTimers, (timer) => args.push(timerMember(timer)));
  pushList(args, unit.setTimers, (timer) => args.push(timerMember(timer), timer.at));
  pushList(args, unit.raiseInbox, ({ session, to }) => args.push(session, to));
  pushList(args, unit.inbox, ({ session, item }) => args.push(session, JSON.stringify(item)));
  pushList(args, unit.dropSessions, (session) => args.push(session));
  return args;
}

function pushList<T>(args: Args, list: readonly T[] | undefined, push: (item: T) => void): void {
  args.push(list?.length ?? 0);
  for (const item of list ?? []) push(item);
}

function pushRef(args: Args, ref: Ref): void {
  args.push(ref.kind, refPath(ref), ref.id);
}

function indexPaths({ kind, indexes = {} }: Put): string[] {
  const paths = Object.entries(indexes).flatMap(([index, values]) =>
    [values].flat().map((value) => indexPath(kind, index, value)),
  );
  return [...new Set(paths)];
}

export function parseCommit([status, ...rest]: readonly (string | number)[]): CommitResult {
  switch (status) {
    case 'committed':
      return { status, positions: rest.map(Number) };
    case 'conflict':
      return { status, on: String(rest[0]) };
    case 'fenced':
      return { status };
    case 'rejected': {
      const [session, reason, epoch = '', seq = '', frame = ''] = rest.map(String);
      const append: Rejection = { status: reason as Rejection['status'], head: parseHead({ epoch, seq, frame }) };
      return { status, session: session as SessionId, append };
    }
    default:
      throw new Error(`the commit script answered ${status}`);
  }
}
