/** VIEW-1: what a viewer saw of a log is a gapless prefix of it, each frame once, or it was told to begin anew. */
import type { Frame } from '@treeline/shared';
import type { Report } from '../checker.ts';
import type { Evidence, SeenFrame, ViewerHistory } from '../history.ts';

export function checkViewers(evidence: Evidence, report: Report): void {
  const logs = new Map(evidence.sessions.map(({ view, frames }) => [view.id as string, frames]));
  for (const history of evidence.viewers) checkOne(history, logs.get(history.session) ?? [], report);
}

function checkOne({ viewer, session, sights }: ViewerHistory, log: readonly Frame[], report: Report): void {
  const name = `${viewer} of ${session}`;
  const places = new Map(log.map((frame, index) => [placeOf(frame), index]));
  /** Index of the last frame it saw; undefined when it was told to begin anew. */
  let at: number | undefined = -1;
  for (const sight of sights) {
    if (sight.saw === 'disconnect' || sight.saw === 'resync') continue;
    if (sight.saw === 'snapshot' && sight.resync) at = undefined;
    for (const frame of sight.frames) {
      const index = places.get(placeOf(frame));
      if (index === undefined || log[index]?.id !== frame.id) {
        report('wrong', `${name}: saw ${frame.id} at ${placeOf(frame)}, the store has ${log[index ?? -1]?.id}`);
        continue;
      }
      if (at !== undefined && index > at + 1)
        report('lost', `${name}: ${index - at - 1} frames before ${placeOf(frame)}`);
      if (at !== undefined && index <= at) report('duplicated', `${name}: ${placeOf(frame)}`);
      at = index;
    }
  }
  if (log.length > 0 && at !== log.length - 1)
    report('lost', `${name}: it saw ${(at ?? -1) + 1} of ${log.length} frames`);
}

function placeOf({ epoch, first }: Pick<SeenFrame, 'epoch' | 'first'>): string {
  return `${epoch}-${first}`;
}
