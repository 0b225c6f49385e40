/** INB and TREE rules: what was acknowledged to a caller, or decided by a parent, is in the inbox on the runner's disk, once, in order. */
import type { Report } from '../checker.ts';
import type { CreateOp, Evidence, SendOp } from '../history.ts';
import { count, factsOf, groupBy, inboxOf, itemsOf, mayRepeat, recordsOf } from './records.ts';

export function checkInboxes(evidence: Evidence, report: Report): void {
  for (const spool of evidence.spools) checkPositions(spool, evidence, report);
  for (const op of evidence.ops) {
    if (op.op === 'create') checkCreated(evidence, op, report);
    if (op.op === 'send') checkSent(evidence, op, report);
  }
  checkOrder(evidence, report);
  checkTells(evidence, report);
  checkSpawns(evidence, report);
  checkReceived(evidence, report);
}

function checkPositions({ session, entries }: Evidence['spools'][number], evidence: Evidence, report: Report): void {
  const ids = new Set<string>();
  entries.forEach(({ position, item }, index) => {
    const due = index + 1;
    if (position > due && index === 0) report('lost', `${session}: its inbox begins at ${position}`);
    else if (position !== (entries[index - 1]?.position ?? 0) + 1)
      report(position > due ? 'lost' : 'reordered', `${session}: inbox position ${position} where ${due} was to come`);
    if (ids.has(item.id) && !mayRepeat(evidence)) report('duplicated', `${session}: inbox item ${item.id}`);
    ids.add(item.id);
  });
}

function checkCreated({ sessions }: Evidence, { key, outcome, session }: CreateOp, report: Report): void {
  const found = sessions.filter(({ view }) => view.title === key);
  if (found.length > 1) report('duplicated', `${key}: one request made ${found.length} sessions`);
  if (outcome === 'ok' && found[0]?.view.id !== session)
    report('lost', `${key}: the session that was made is not there`);
  if (outcome === 'fail' && found.length > 0) report('wrong', `${key}: refused, and there is a session`);
}

function checkSent(evidence: Evidence, op: SendOp, report: Report): void {
  const found = inboxOf(evidence, op.session).filter(({ item }) => item.kind === 'prompt' && item.text === op.text);
  if (found.length > 1 && !(op.outcome === 'unknown' && mayRepeat(evidence)))
    report('duplicated', `${op.session}: prompt ${op.key} came ${found.length} times`);
  if (op.outcome === 'fail' && found.length > 0)
    report('wrong', `${op.session}: prompt ${op.key} was refused and came`);
  if (op.outcome !== 'ok') return;
  const [entry] = found;
  if (entry === undefined) report('lost', `${op.session}: prompt ${op.key}, acknowledged at ${op.position}`);
  else if ((op.position !== undefined && entry.position !== op.position) || entry.item.id !== op.messageId)
    report('wrong', `${op.session}: prompt ${op.key} is at ${entry.position}, acknowledged at ${op.position}`);
}

/** Whoever sent again only when the first was acknowledged finds them in that order. */
function checkOrder({ ops }: Evidence, report: Report): void {
  const sent = ops.filter((op): op is SendOp => op.op === 'send' && op.outcome === 'ok' && op.position !== undefined);
  for (const [session, own] of groupBy(sent, (op) => op.session)) {
    const byTime = own.toSorted((a, b) => a.at - b.at);
    byTime.forEach((op, index) => {
      const before = byTime.slice(0, index).filter(({ doneAt = Infinity }) => doneAt < op.at);
      if (before.some(({ position = 0 }) => position >= (op.position ?? 0)))
        report('reordered', `${session}: prompt ${op.key} is before one that was acknowledged earlier`);
    });
  }
}

/** Ids of the records of a session that were refused. */
export function refusedIn(evidence: Evidence, session: string): Set<string> {
  return new Set(itemsOf(inboxOf(evidence, session), 'refusal').map(({ recordId }) => recordId));
}

function checkTells(evidence: Evidence, report: Report): void {
  for (const { view, frames } of evidence.sessions) {
    const refused = refusedIn(evidence, view.id);
    const tells = factsOf(frames, 'tell').filter(({ id }) => !refused.has(id));
    for (const [child, own] of groupBy(tells, ({ sessionId }) => sessionId)) {
      const inbox = itemsOf(inboxOf(evidence, child), 'tell').map(({ id }) => id);
      const places = own.map(({ messageId }) => {
        const times = count(inbox, (id) => id === messageId);
        if (times === 0) report('lost', `${child}: tell ${messageId} of its parent`);
        if (times > 1 && !mayRepeat(evidence)) report('duplicated', `${child}: tell ${messageId} of its parent`);
        return inbox.indexOf(messageId);
      });
      if (places.some((place, index) => index > 0 && place < (places[index - 1] ?? 0)))
        report('reordered', `${child}: tells of its parent`);
    }
  }
}

function checkSpawns(evidence: Evidence, report: Report): void {
  const parents = new Map(evidence.sessions.map(({ view }) => [view.id as string, view.parentId]));
  for (const { view, frames } of evidence.sessions) {
    const refused = refusedIn(evidence, view.id);
    for (const { id, sessionId } of factsOf(frames, 'spawn')) {
      if (!refused.has(id) && parents.get(sessionId) !== view.id) report('lost', `${sessionId}: spawned by ${view.id}`);
    }
  }
}

/** Prompts and tells reached the agent: never twice in one attempt, and at all where the session had nothing else to do. */
function checkReceived(evidence: Evidence, report: Report): void {
  const copied = new Set(evidence.copies.map(({ session }) => session));
  for (const { view, frames } of evidence.sessions) {
    // Two agents had it, each of which got everything.
    if (copied.has(view.id)) continue;
    const times = new Map<string, number>();
    let inAttempt = new Set<string>();
    for (const record of recordsOf(frames)) {
      if (record.kind === 'state' && record.state === 'starting') inAttempt = new Set();
      const id = record.kind === 'update' ? itemIdOf(record.update) : undefined;
      if (id === undefined) continue;
      if (inAttempt.has(id)) report('duplicated', `${view.id}: its agent got ${id} twice in one attempt`);
      inAttempt.add(id);
      times.set(id, (times.get(id) ?? 0) + 1);
    }
    const { state } = view.lifecycle;
    if (state === 'ended' || state === 'asleep') continue;
    for (const { item } of inboxOf(evidence, view.id)) {
      if ((item.kind === 'prompt' || item.kind === 'tell') && !times.has(item.id))
        report('lost', `${view.id} (${state}): its agent never got ${item.kind} ${item.id}`);
    }
  }
}

function itemIdOf(update: Record<string, unknown>): string | undefined {
  const meta = update['_meta'] as { 'treeline/item'?: { id: string } } | undefined;
  return meta?.['treeline/item']?.id;
}
