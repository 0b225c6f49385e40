/**
 * A store that was made to lose its last writes. What was acknowledged within them may be gone, and may be there: nobody is
 * held to it. Everything else is judged as ever; and whatever comes again, agents get once.
 */
import type { ClientOp, Evidence, Loss } from '../history.ts';
import { factsOf } from './records.ts';

/** What is given after a loss may get its place a second time, until every runner has said what it has. */
const MOVES_MS = 30_000;

export function withoutLost(evidence: Evidence): Evidence {
  const { losses = [] } = evidence;
  if (losses.length === 0) return evidence;
  const ops = evidence.ops.map((op) => opAfter(op, losses));
  const gone = lostSessions(evidence, ops);
  return { ...evidence, ops, spools: evidence.spools.filter(({ session }) => !gone.has(session)) };
}

/** What its caller can be held to after these losses. */
export function opAfter(op: ClientOp, losses: readonly Loss[]): ClientOp {
  const { outcome, doneAt = Infinity } = op;
  if (outcome !== 'ok') return op;
  if (losses.some(({ from, to }) => doneAt >= from && op.at <= to)) return { ...op, outcome: 'unknown' };
  const mayMove = losses.some(({ to }) => doneAt >= to && doneAt <= to + MOVES_MS);
  if (op.op !== 'send' || !mayMove) return op;
  const { position: _, ...rest } = op;
  return rest;
}

/** Trees whose root was made in a lost moment. */
function lostSessions({ sessions, spools }: Evidence, ops: readonly ClientOp[]): Set<string> {
  const stored = new Set<string>(sessions.map(({ view }) => view.id));
  const made = ops.flatMap((op) => (op.op === 'create' && op.outcome === 'unknown' ? (op.session ?? []) : []));
  const gone = new Set<string>(made.filter((id) => !stored.has(id)));
  const frames = new Map(spools.map((spool) => [spool.session as string, spool.frames]));
  for (const id of gone)
    for (const { sessionId } of factsOf(frames.get(id) ?? [], 'spawn')) if (!stored.has(sessionId)) gone.add(sessionId);
  return gone;
}
