/** What a runner is told of a session that it is to have; it keeps it in the session's folder. */
import { z } from 'zod';
import { SessionId } from '../ids.ts';
import { AgentName, Labels, Path, SessionLimits, Title } from '../vocabulary.ts';

/** A session that the runner is to have: its half of the record. The prompt is its first inbox item. */
export const Assignment = z.object({
  id: SessionId,
  attempt: z.number().int().positive(),
  agent: AgentName,
  title: Title,
  cwd: Path.optional(),
  /** Work in a git worktree of its own, made from the repository that `cwd` is in. */
  worktree: z.boolean().optional(),
  limits: SessionLimits.optional(),
  model: z.string().optional(),
  labels: Labels,
  parentId: SessionId.nullable(),
  rootId: SessionId,
  depth: z.number().int().nonnegative(),
  /** Epoch in which its log continues. */
  epoch: z.number().int().positive(),
  /** The inbox begins after this position. */
  inboxAfter: z.number().int().nonnegative(),
  shareUrl: z.string(),
});
export type Assignment = z.infer<typeof Assignment>;
