/** The session record: one agent conversation and its place in the tree. */
import { z } from 'zod';
import { RunnerId, SessionId } from '../ids.ts';
import { AgentName, Instant, Labels, Outcome, Path, Reason, SessionKind, SessionLimits, Title } from '../vocabulary.ts';
import { Actor } from './inbox.ts';
import { Usage } from './log.ts';

const since = { since: Instant };

/**
 *   queued ──► starting ──► running ⇄ idle ──► ended
 *     │            └──────────┴─────────┴────► asleep ──► queued   (woken by its inbox, or by its runner’s return)
 *     └──► ended                                ended ──► queued   (resumable and told something)
 */
export const Lifecycle = z.discriminatedUnion('state', [
  /** Stored and assigned; its runner has not started a worker yet. */
  z.object({ state: z.literal('queued'), ...since }),
  z.object({ state: z.literal('starting'), ...since }),
  /** A turn runs. */
  z.object({ state: z.literal('running'), ...since }),
  /** The agent waits for its next inbox item. */
  z.object({ state: z.literal('idle'), ...since }),
  /** No process; the next inbox item wakes it on its transcript. */
  z.object({
    state: z.literal('asleep'),
    ...since,
    /** In the middle of a turn, by a runner that stopped: woken when that is back. */
    interrupted: z.boolean().optional(),
  }),
  z.object({
    state: z.literal('ended'),
    ...since,
    outcome: Outcome,
    reason: Reason,
    detail: z.string().optional(),
    summary: z.string().optional(),
    /** Telling it something starts it again on its transcript. */
    resumable: z.boolean(),
  }),
]);
export type Lifecycle = z.infer<typeof Lifecycle>;

export const Session = z.object({
  id: SessionId,
  kind: SessionKind,
  title: Title,
  agent: AgentName,
  runnerId: RunnerId,
  cwd: Path.optional(),
  worktree: z.boolean().optional(),
  limits: SessionLimits.optional(),
  model: z.string().optional(),
  labels: Labels,
  parentId: SessionId.nullable(),
  /** The parent it had before that one was deleted. */
  formerParentId: SessionId.optional(),
  rootId: SessionId,
  /** 0 for a root. */
  depth: z.number().int().nonnegative(),
  lifecycle: Lifecycle,
  /** How often a worker was started for it, from 1. */
  attempt: z.number().int().positive(),
  resumable: z.boolean(),
  usage: Usage.optional(),
  createdAt: Instant,
  createdBy: Actor,
});
export type Session = z.infer<typeof Session>;

export function isLive(session: Pick<Session, 'lifecycle'>): boolean {
  return session.lifecycle.state !== 'ended';
}

/** What people see: the record and what the relay derives from others. */
export const SessionView = Session.extend({
  /** `needs_you` and the `waiting_…` words come from open triggers; otherwise the lifecycle's own word or outcome. */
  status: z.enum([
    'queued',
    'starting',
    'working',
    'needs_you',
    'waiting_for_parent',
    'waiting_for_child',
    'idle',
    'asleep',
    'completed',
    'failed',
    'cancelled',
    'lost',
    'runner_offline',
  ]),
  runnerOnline: z.boolean(),
  openTriggers: z.array(z.string()),
  /** Why it waits, in words, when it does: `waiting (parent offline since …)`. */
  waiting: z.string().optional(),
  shareUrl: z.string(),
});
export type SessionView = z.infer<typeof SessionView>;

export interface SessionTree {
  session: SessionView;
  children: SessionTree[];
}
export const SessionTree: z.ZodType<SessionTree> = z.object({
  session: SessionView,
  get children() {
    return z.array(SessionTree);
  },
});
