/**
 * When a message may reach an ACP agent: never two prompts at once, since agents queue, merge, cancel or drop the second
 * one, each in its own way. Pure: `(state, event) → state and what to do`.
 *
 *            message                     steer message: interrupt at the next boundary
 *   idle ───────────────► running ─────────────────────────────────────────► interrupting
 *    ▲  nothing waits        │  ▲                                                 │
 *    └───────────────────────┘  └────────── ended: the next prompt ◄──────────────┘
 *
 * An agent with native steering takes a steering message into its turn. For the others "interrupt" means: wait for the end
 * of the tool call that runs (or of the turn), at most for the patience; then cancel the turn and prompt anew.
 */
import type { DeliverAs } from '@treeline/shared';

export interface Message {
  readonly text: string;
  readonly deliverAs: DeliverAs;
}

export interface TurnState<M extends Message> {
  readonly phase: 'idle' | 'running' | 'interrupting';
  readonly waiting: readonly M[];
  /** Nothing new begins; the turn that runs may end. */
  readonly closing: boolean;
  readonly nativeSteering: boolean;
}

export type TurnEvent<M extends Message> =
  | { readonly type: 'message'; readonly message: M }
  /** The agent finished a tool call, or the patience of a steering message ran out. */
  | { readonly type: 'boundary' }
  | { readonly type: 'cancel' }
  | { readonly type: 'ended' }
  /** Native steering refused this one: it goes in as a prompt. */
  | { readonly type: 'unsteered'; readonly message: M }
  | { readonly type: 'close' };

export type TurnAction<M extends Message> =
  /** Begin a turn with these messages. */
  | { readonly type: 'prompt'; readonly messages: readonly M[] }
  | { readonly type: 'steer'; readonly message: M }
  /** A steering message waits: send `boundary` at the latest when its patience is over. */
  | { readonly type: 'patience' }
  | { readonly type: 'interrupt' };

export interface Step<M extends Message> {
  readonly state: TurnState<M>;
  readonly actions: readonly TurnAction<M>[];
}

export function initialTurns<M extends Message>(nativeSteering: boolean): TurnState<M> {
  return { phase: 'idle', waiting: [], closing: false, nativeSteering };
}

export function step<M extends Message>(state: TurnState<M>, event: TurnEvent<M>): Step<M> {
  switch (event.type) {
    case 'message':
      return accept(state, event.message);
    case 'unsteered':
      return begin({ ...state, waiting: [event.message, ...state.waiting] });
    case 'boundary':
      if (state.phase !== 'running' || state.nativeSteering || !state.waiting.some(isSteer))
        return { state, actions: [] };
      return { state: { ...state, phase: 'interrupting' }, actions: [{ type: 'interrupt' }] };
    case 'cancel':
      if (state.phase !== 'running') return { state, actions: [] };
      return { state: { ...state, phase: 'interrupting' }, actions: [{ type: 'interrupt' }] };
    case 'ended':
      return begin({ ...state, phase: 'idle' });
    case 'close':
      return { state: { ...state, closing: true }, actions: [] };
  }
}

function accept<M extends Message>(state: TurnState<M>, message: M): Step<M> {
  if (state.phase === 'running' && isSteer(message)) {
    if (state.nativeSteering) return { state, actions: [{ type: 'steer', message }] };
    const first = !state.waiting.some(isSteer);
    return { state: { ...state, waiting: [...state.waiting, message] }, actions: first ? [{ type: 'patience' }] : [] };
  }
  return begin({ ...state, waiting: [...state.waiting, message] });
}

/** Steering messages go first and together, so that one does not interrupt the other; then the rest, a turn each. */
function begin<M extends Message>(state: TurnState<M>): Step<M> {
  if (state.phase !== 'idle' || state.closing || state.waiting.length === 0) return { state, actions: [] };
  const steering = state.waiting.filter(isSteer);
  const messages = steering.length > 0 ? steering : state.waiting.slice(0, 1);
  const waiting = state.waiting.filter((message) => !messages.includes(message));
  return { state: { ...state, phase: 'running', waiting }, actions: [{ type: 'prompt', messages }] };
}

function isSteer(message: Message): boolean {
  return message.deliverAs === 'steer';
}
