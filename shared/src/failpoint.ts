/**
 * Places between a durable write and the message that follows from it, where a test can have the process crash. A call
 * stands behind the label FAILPOINT, and the build drops every statement with that label: what users run has none.
 */
export const FAILPOINTS = [
  'relay.append.stored',
  'relay.commit.stored',
  'relay.store.written',
  'relay.store.committed',
  'relay.hello.fenced',
  'relay.log.taken',
  'relay.assign.accepted',
  'relay.inbox.received',
  'relay.timer.claimed',
  'daemon.assign.stored',
  'daemon.inbox.stored',
  'daemon.worker.started',
  'daemon.log.acked',
  'daemon.end.written',
  'worker.batch.written',
  'worker.fact.written',
  'worker.token.saved',
  'worker.item.prompted',
  'worker.consumed.written',
  'worker.end.written',
] as const;
export type Failpoint = (typeof FAILPOINTS)[number];

/** Crashes the process here if that is wanted, in builds for it. */
export function failpoint(name: Failpoint): void {
  (globalThis as { treelineFailpoint?: (name: Failpoint) => void }).treelineFailpoint?.(name);
}
