/** What the owner of a runner says about isolating agents, in config.json, and what of it a session's start is told. */
import { z } from 'zod';

/** Absolute, or below the home of the runner's user: `~/…`. */
const Place = z.string().regex(/^(\/|~\/)[^\0]*$/, 'an absolute path, or one that begins with ~/');

const Wish = z.strictObject({
  /** `bubblewrap`: each agent runs in namespaces of its own and sees its working folder and the system's programs. */
  by: z.enum(['none', 'bubblewrap']),
  /** `host`: the network of this machine, loopback too. `none`: loopback of its own, and nothing else. */
  network: z.enum(['host', 'none']).default('host'),
  /** Files and folders that agents may read beyond that, such as `~/.gitconfig`. */
  readable: z.array(Place).default([]),
  /** Files and folders that agents may change, such as `~/.claude`, where an agent keeps its login. */
  writable: z.array(Place).default([]),
});

/** A word alone stands for that word and the defaults. */
export const IsolationConfig = z
  .union([Wish.shape.by.transform((by) => Wish.parse({ by })), Wish])
  .default(() => Wish.parse({ by: 'none' }));
export type IsolationConfig = z.infer<typeof IsolationConfig>;

/** How the agent of one session is isolated, as its worker finds it in spec.json; absent there: it is not. */
export const Isolation = z.object({
  by: z.literal('bubblewrap'),
  /** Absolute path of `bwrap`. */
  program: z.string(),
  network: z.enum(['host', 'none']),
  readable: z.array(z.string()),
  writable: z.array(z.string()),
  /** Home of the runner's user, which the agent sees empty but for what is named above. */
  userHome: z.string(),
});
export type Isolation = z.infer<typeof Isolation>;
