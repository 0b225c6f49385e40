/** What a runner says of a session that its relay does not know, from the session's folder. */
import { z } from 'zod';
import { SessionId, TriggerId } from '../ids.ts';
import { AgentName, Labels, Path, SessionLimits, Title } from '../vocabulary.ts';

const MAX_EPOCH = 2 ** 31;
const MAX_SEQ = 2 ** 48;

/** Enough for a session's record; what else belongs to it is in its log, which the runner sends again afterwards. */
export const SessionClaim = z.object({
  id: SessionId,
  attempt: z
    .number()
    .int()
    .positive()
    .max(2 ** 31),
  agent: AgentName,
  title: Title,
  cwd: Path.optional(),
  worktree: z.boolean().optional(),
  limits: SessionLimits.optional(),
  model: z.string().min(1).max(200).optional(),
  labels: Labels,
  /** Believed only when the parent's own log says so too. */
  parentId: SessionId.nullable(),
  /**
   * Up to here its log was acknowledged before the loss, and can be sent again: what it decided there has had its effects.
   */
  history: z.object({
    epoch: z.number().int().nonnegative().max(MAX_EPOCH),
    seq: z.number().int().nonnegative().max(MAX_SEQ),
  }),
  /** Last inbox item on the runner's disk. */
  inboxPosition: z.number().int().nonnegative().max(MAX_SEQ),
  /** Its present attempt had ended by then. */
  ended: z.boolean(),
  /** Its questions among that which have no answer on the runner's disk. */
  open: z.array(TriggerId).max(64),
});
export type SessionClaim = z.infer<typeof SessionClaim>;
