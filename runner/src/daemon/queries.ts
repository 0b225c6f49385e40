/** What a worker says about its own session, carried to the relay. The session's id is stamped here, never taken from the worker. */
import type { WorkerToDaemon } from '../process/local-protocol.ts';
import type { Link } from './link.ts';
import type { RunnerSession } from './session.ts';

/** Most updates that one delta event takes. */
const UPDATES_PER_DELTA = 64;

export async function carry(
  link: Pick<Link, 'request' | 'delta'>,
  session: RunnerSession,
  message: Exclude<WorkerToDaemon, { type: 'hello' }>,
): Promise<void> {
  switch (message.type) {
    case 'appended':
      session.grown();
      return;
    case 'delta':
      if (!session.watched) return;
      for (let at = 0; at < message.updates.length; at += UPDATES_PER_DELTA) {
        const updates = message.updates.slice(at, at + UPDATES_PER_DELTA);
        link.delta({ session: session.id, after: message.after, updates });
      }
      return;
    case 'query': {
      const { number, what } = message;
      try {
        const value = await link.request(what, { session: session.id });
        session.tell({ type: 'result', number, ok: true, value });
      } catch (error) {
        const value = error instanceof Error ? error.message : String(error);
        session.tell({ type: 'result', number, ok: false, value });
      }
      return;
    }
  }
}
