/** The runner record: a machine that starts sessions, and what it can do. */
import { z } from 'zod';
import { RunnerId } from '../ids.ts';
import { AgentName, Instant, Labels, Name } from '../vocabulary.ts';

export const AgentOffer = z.object({
  name: AgentName,
  kind: z.enum(['pi', 'acp', 'command', 'scripted']),
  version: z.string().max(100).optional(),
  /** Why it would not start, if that is known: not logged in, not found. */
  problem: z.string().max(500).optional(),
});
export type AgentOffer = z.infer<typeof AgentOffer>;

/** What a runner says of itself at hello. */
export const RunnerProfile = z.object({
  id: RunnerId,
  name: Name,
  version: z.string().max(64),
  platform: z.string().max(100),
  labels: Labels,
  /** Sessions with a process at once. */
  capacity: z.number().int().positive().max(10_000),
  agents: z.array(AgentOffer).max(64),
  /** The agent of a session that names none. */
  defaultAgent: AgentName,
});
export type RunnerProfile = z.infer<typeof RunnerProfile>;

export const RunnerHealth = z.object({
  sessions: z.number().int().nonnegative(),
  cpu: z.number().min(0).max(1).optional(),
  memoryFreeBytes: z.number().nonnegative().optional(),
  diskFreeBytes: z.number().nonnegative().optional(),
  temperatureC: z.number().optional(),
  /** The machine slows itself down, for heat or too little power. */
  throttled: z.boolean().optional(),
  /** It was told to take no new sessions: on its own machine, or through the relay. */
  paused: z.enum(['owner', 'relay']).optional(),
  /** Why it takes no new sessions now: paused by its owner, too little memory or disk. Absent: it takes them. */
  refuses: z.string().max(200).optional(),
});
export type RunnerHealth = z.infer<typeof RunnerHealth>;

export const Presence = z.discriminatedUnion('state', [
  /** Joined, never connected. */
  z.object({ state: z.literal('new') }),
  z.object({ state: z.literal('online'), since: Instant, lastHeartbeat: Instant, relayId: z.string() }),
  z.object({ state: z.literal('offline'), since: Instant }),
]);
export type Presence = z.infer<typeof Presence>;

/** Another folder with this runner's identity that asked to be let in, and was refused. */
export const CopySeen = z.object({
  since: Instant,
  last: Instant,
  /** How often it was refused. */
  times: z.number().int().positive(),
});
export type CopySeen = z.infer<typeof CopySeen>;

export const Runner = z.object({
  id: RunnerId,
  profile: RunnerProfile,
  presence: Presence,
  /** Grows with each daemon start; a smaller one is a stale copy of the runner's folder. */
  generation: z.number().int().nonnegative(),
  instance: z.string(),
  /** The daemon that was linked when a newer one of this identity came: when that one is gone, it may come back. */
  ousted: z.string().optional(),
  /** Grows with each accepted hello; writes of older connections are refused. */
  fence: z.number().int().nonnegative(),
  health: RunnerHealth.optional(),
  /** Forgotten a day after it was seen last. */
  copy: CopySeen.optional(),
  joinedAt: Instant,
});
export type Runner = z.infer<typeof Runner>;

export const RunnerView = Runner.omit({ instance: true, ousted: true, fence: true, generation: true }).extend({
  online: z.boolean(),
  sessions: z.number().int().nonnegative(),
});
export type RunnerView = z.infer<typeof RunnerView>;
