/** How the sheet begins: as the address wishes, else as the last session was started. */
import type { RunnerView, SessionView } from '@treeline/shared';
import { labelsText } from '../../state/labels.ts';
import type { LastSpawn } from './last-spawn.ts';

/** What the address says; each may be missing. */
export interface Wish {
  /** The session that it becomes a child of. */
  readonly parent: string | undefined;
  /** The session that it repeats. */
  readonly again: string | undefined;
  readonly runner: string | undefined;
  readonly agent: string | undefined;
  readonly cwd: string | undefined;
  readonly prompt: string | undefined;
}

export interface Draft {
  readonly runnerId: string | undefined;
  readonly agent: string;
  readonly cwd: string;
  readonly model: string;
  readonly title: string;
  readonly labels: string;
  readonly parent: string;
  readonly prompt: string;
}

interface Known {
  readonly wish: Wish;
  readonly last: LastSpawn;
  readonly runners: readonly RunnerView[];
  readonly sessions: ReadonlyMap<string, SessionView>;
  /** What the repeated session was told. */
  readonly prompt: string | undefined;
}

export function draftOf({ wish, last, runners, sessions, prompt }: Known): Draft {
  const model = sessions.get(wish.again ?? '');
  const parent = sessions.get(wish.parent ?? model?.parentId ?? '');
  const wanted = wish.runner ?? model?.runnerId ?? parent?.runnerId ?? last.runnerId;
  const runner = runners.find(({ id }) => id === wanted) ?? runners.find(({ online }) => online) ?? runners[0];
  return {
    runnerId: runner?.id,
    agent: wish.agent ?? model?.agent ?? last.agent ?? '',
    cwd: wish.cwd ?? model?.cwd ?? parent?.cwd ?? (last.runnerId === runner?.id ? (last.cwd ?? '') : ''),
    model: model?.model ?? (model === undefined ? (last.model ?? '') : ''),
    title: model?.title ?? '',
    labels: model === undefined ? '' : labelsText(model.labels),
    // A parent that is over takes no children.
    parent: parent === undefined || parent.lifecycle.state === 'ended' ? '' : parent.id,
    prompt: wish.prompt ?? prompt ?? '',
  };
}
