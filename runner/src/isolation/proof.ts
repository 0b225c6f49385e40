/**
 * The proof that the isolation holds, by what is to be isolated: a script that becomes the agent's program only when it has
 * found, where it is, nothing that it should not find. So no agent runs outside because a wrapper did less than it was told.
 */
import { readlink, stat } from 'node:fs/promises';
import { READY_FD } from '../agents/spawn.ts';

/** Exit code of a proof that failed; its stderr says what it found. */
export const NOT_HELD = 97;
export const NOT_HELD_WORDS = 'the isolation does not hold:';

/** Arguments: pid namespace, network namespace ('' = may be shared), working folder's device and inode, paths, `--`, program. */
const SCRIPT = `
fail() { echo "treeline: ${NOT_HELD_WORDS} $1" >&2; exit ${NOT_HELD}; }
space() { command -p readlink "/proc/self/ns/$1"; }
inside=$(space pid) && [ -n "$inside" ] && [ "$inside" != "$1" ] || fail 'the processes of this machine are seen'
[ -z "$2" ] || [ "$(space net)" != "$2" ] || fail 'the network of this machine is reached'
[ "$(command -p stat -c %d:%i .)" = "$3" ] || fail 'the working folder is not the one that was meant'
shift 3
while [ "$1" != -- ]; do
  if [ -e "$1" ] || [ -L "$1" ]; then fail "$1 is seen"; fi
  shift
done
shift
printf . >&${READY_FD}
exec "$@" ${READY_FD}>&-
`;

export interface ProofWish {
  readonly cwd: string;
  readonly network: 'host' | 'none';
  /** Paths that are there for this process, and must not be for the agent. */
  readonly hidden: readonly string[];
}

/** The command that proves first, and then runs what follows it. */
export async function proving({ cwd, network, hidden }: ProofWish): Promise<string[]> {
  const { dev, ino } = await stat(cwd);
  const spaces = [await readlink('/proc/self/ns/pid'), network === 'none' ? await readlink('/proc/self/ns/net') : ''];
  return ['/bin/sh', '-c', SCRIPT, 'treeline-proof', ...spaces, `${dev}:${ino}`, ...hidden, '--'];
}
