/** The arguments of `bwrap`: namespaces, and what is mounted where. Nothing in them is secret: every user sees them. */
import type { Isolation } from './config.ts';
import type { Mount } from './mounts.ts';

export interface Wrapping {
  readonly isolation: Isolation;
  readonly mounts: readonly Mount[];
  readonly cwd: string;
}

/** What stands before the command. */
export function bubblewrap({ isolation: { program, network }, mounts, cwd }: Wrapping): string[] {
  return [
    program,
    // Its end is the end of all within; and it ends with the worker.
    '--die-with-parent',
    '--unshare-user',
    '--unshare-pid',
    '--unshare-ipc',
    '--unshare-uts',
    '--unshare-cgroup-try',
    ...(network === 'none' ? ['--unshare-net'] : []),
    '--cap-drop',
    'ALL',
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    ...mounts.flatMap((mount) => argumentsOf(mount)),
    // Not before all is mounted: each mount makes its place.
    ...mounts.flatMap((mount) => (mount.as === 'emptyFolder' ? ['--remount-ro', mount.path] : [])),
    '--remount-ro',
    '/',
    '--chdir',
    cwd,
    '--',
  ];
}

function argumentsOf(mount: Mount): string[] {
  switch (mount.as) {
    case 'readable':
      return ['--ro-bind', mount.from ?? mount.path, mount.path];
    case 'writable':
      return ['--bind', mount.from ?? mount.path, mount.path];
    case 'emptyFolder':
      return ['--tmpfs', mount.path];
    case 'emptyFile':
      return ['--ro-bind', '/dev/null', mount.path];
    case 'link':
      return ['--symlink', mount.to, mount.path];
  }
}
