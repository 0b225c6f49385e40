/**
 * The folder of one session, `$TREELINE_HOME/sessions/<session id>/`, mode 0700. Each file has exactly one writer.
 *
 * | file          | writer | what                                                                              |
 * |---------------|--------|-----------------------------------------------------------------------------------|
 * | spec.json     | daemon | SessionFile: the assignment and the agent's config                                 |
 * | secret        | daemon | what the worker proves itself with, 0600                                           |
 * | inbox         | daemon | InboxEntry lines, append-only                                                      |
 * | acked.json    | daemon | position and frame id that the relay has; a lower bound                            |
 * | worker.json   | worker | WorkerFile: pid, start time, boot id — who exactly runs                            |
 * | log           | worker | frames, append-only (the daemon appends only the end of a worker that is proven dead) |
 * | resume        | worker | the agent's own token to go on with its conversation                               |
 * | worker.log    | worker | diagnostics                                                                        |
 * | agent/        | agent  | the agent's own files                                                              |
 */
import { join } from 'node:path';
import { Assignment, FrameId, Instant, Position } from '@treeline/shared';
import { z } from 'zod';
import { Isolation } from '../isolation/config.ts';

export const AgentConfigFile = z.object({
  name: z.string(),
  kind: z.enum(['pi', 'acp', 'command', 'scripted']),
  command: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  passEnv: z.array(z.string()),
});

export const SessionFile = z.object({
  assignment: Assignment,
  agent: AgentConfigFile,
  /** Real path of the working folder. */
  cwd: z.string(),
  /** How its agent is isolated; absent: it is not. */
  isolation: Isolation.optional(),
  /** What the log may grow to by what the agent says; facts are always kept. */
  maxOutputBytes: z.number().int().positive().optional(),
  /** Addresses of the relay that it is from; only there it is brought back. Absent: not known. */
  relays: z.array(z.string()).optional(),
  /** Where the log ended when this attempt was assigned; absent: at its beginning. */
  logAfter: Position.optional(),
});
export type SessionFile = z.infer<typeof SessionFile>;

export const WorkerFile = z.object({
  pid: z.number().int().positive(),
  /** Start time as the kernel has it (field 22 of /proc/<pid>/stat; `ps lstart` elsewhere): with the pid and the boot id it names one process. */
  startTime: z.string(),
  bootId: z.string(),
  attempt: z.number().int().positive(),
  startedAt: Instant,
});
export type WorkerFile = z.infer<typeof WorkerFile>;

export const AckedFile = z.object({ position: Position, frame: FrameId.nullable() });
export type AckedFile = z.infer<typeof AckedFile>;

export function sessionPaths(folder: string) {
  return {
    folder,
    spec: join(folder, 'spec.json'),
    secret: join(folder, 'secret'),
    inbox: join(folder, 'inbox'),
    acked: join(folder, 'acked.json'),
    worker: join(folder, 'worker.json'),
    log: join(folder, 'log'),
    resume: join(folder, 'resume'),
    workerLog: join(folder, 'worker.log'),
    agent: join(folder, 'agent'),
  } as const;
}
export type SessionPaths = ReturnType<typeof sessionPaths>;
