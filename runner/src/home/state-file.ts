/** runner.state.json: what the daemon is doing, for people and tools. Replaced whole; holds no secret; nothing is decided by it. */
import { RunnerHealth } from '@treeline/shared';
import { z } from 'zod';
import type { Home } from './home.ts';
import { HomeError } from './home.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const Iso = z.iso.datetime();

/** How the daemon stands with the relay. */
export const LinkStatus = z.discriminatedUnion('state', [
  z.object({ state: z.literal('connecting'), since: Iso, attempts: z.number().int(), problem: z.string().optional() }),
  z.object({ state: z.literal('online'), since: Iso, relay: z.string(), relayId: z.string() }),
  /** The relay does not take this runner; asked again at long intervals. */
  z.object({ state: z.literal('refused'), since: Iso, code: z.string(), problem: z.string() }),
  /** Another daemon has this runner's identity; not asked again. */
  z.object({ state: z.literal('superseded'), since: Iso, problem: z.string() }),
  z.object({ state: z.literal('closed'), since: Iso }),
]);
export type LinkStatus = z.infer<typeof LinkStatus>;

export const RunnerState = z.object({
  pid: z.number().int().positive(),
  startedAt: Iso,
  version: z.string(),
  lastHeartbeat: Iso,
  logPath: z.string(),
  controlSocket: z.string(),
  /** The relay in use, or the first one to be tried. */
  relay: z.string(),
  connected: z.boolean(),
  link: LinkStatus,
  sessions: z.number().int().nonnegative(),
  capacity: z.number().int().positive(),
  /** Takes no new sessions, by its owner's word. */
  paused: z.boolean().optional(),
  health: RunnerHealth.optional(),
  /** Set when the daemon ended in order. */
  stoppedAt: Iso.optional(),
});
export type RunnerState = z.infer<typeof RunnerState>;

/** The last state that was written; undefined when there is none that can be read. */
export async function readRunnerState(home: Home): Promise<RunnerState | undefined> {
  try {
    return await readJsonFile(RunnerState, home.state);
  } catch (error) {
    if (error instanceof HomeError) return undefined;
    throw error;
  }
}

export async function writeRunnerState(home: Home, state: RunnerState): Promise<void> {
  await writeJsonFile(home.state, state);
}
