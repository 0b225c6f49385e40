/** What a session does, as the fact in its log. */
import { newId, type FactRecord, type RunnerId, type SessionId } from '@treeline/shared';
import type { Act } from './world.ts';

export type NewFact = FactRecord extends infer F ? (F extends FactRecord ? Omit<F, 'id' | 'at'> : never) : never;
export type SessionAct = Extract<Act, { by: string }>;

/** `last`: the last position of the session's inbox. */
export function factOf(
  act: SessionAct,
  world: { idOf: (name: string) => SessionId; runnerAt: (at: number) => RunnerId; last: number },
): NewFact {
  switch (act.act) {
    case 'spawn':
      return { kind: 'spawn', sessionId: act.id, spec: { prompt: 'help', runnerId: world.runnerAt(act.runner) } };
    case 'state':
      return { kind: 'state', state: act.state };
    case 'ask': {
      const patience = act.patienceMs === undefined ? {} : { escalateAfterMs: act.patienceMs };
      return { kind: 'ask', triggerId: act.id, ask: { type: act.type, text: 'which?', ...patience } };
    }
    case 'answer':
      return { kind: 'answer', triggerId: act.trigger, response: `of ${act.by}` };
    case 'escalate':
      return { kind: 'escalate', triggerId: act.trigger };
    case 'withdraw':
      return { kind: 'withdraw', triggerId: act.trigger };
    case 'tell':
      return { kind: 'tell', messageId: newId('message'), sessionId: world.idOf(act.to), text: 'listen' };
    case 'consume':
      return { kind: 'consumed', position: Math.max(1, world.last) };
    case 'end': {
      const { notice, outcome, resumable } = act;
      const reason = outcome === 'completed' ? 'ok' : 'error';
      return { kind: 'end', triggerId: notice, outcome, reason, resumable };
    }
  }
}
