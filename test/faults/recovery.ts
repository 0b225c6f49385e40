/** How long it takes until a prompt goes all the way through again: relay, store, runner, worker, agent, and back into the log. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Frame, SessionId } from '@treeline/shared';
import { recordsOf } from './check/records.ts';
import type { People } from './people.ts';

const LOOK_MS = 100;
const GIVE_UP_MS = 60_000;
/** Frames that are looked through: more than a session says in the time between two looks, however much had piled up. */
const TAIL = 300;

/**
 * Resolves with the milliseconds; with GIVE_UP_MS when it did not; with `over` when the session has ended for good; with
 * `cut` when the run ended first, so that nobody knows.
 */
export async function measureRecovery({
  people,
  echo,
}: {
  people: People;
  echo: SessionId;
}): Promise<number | 'over' | 'cut'> {
  const began = performance.now();
  const { text, outcome } = await people.send(echo);
  if (outcome === 'fail') return 'over';
  if (outcome !== 'ok') return 'cut';
  while (performance.now() - began < GIVE_UP_MS) {
    const page = await people
      .ask((api) => api.readLog({ params: { id: echo }, query: { tail: TAIL } }))
      .catch(() => undefined);
    if (page === undefined) return 'cut';
    if (isSaid(page.frames, text)) return performance.now() - began;
    await sleep(LOOK_MS);
  }
  return GIVE_UP_MS;
}

/** The prompt itself is in the log too, as another kind of chunk. */
function isSaid(frames: readonly Frame[], text: string): boolean {
  return recordsOf(frames).some(
    (record) =>
      record.kind === 'update' &&
      record.update.sessionUpdate === 'agent_message_chunk' &&
      JSON.stringify(record.update).includes(text),
  );
}
