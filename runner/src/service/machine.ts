/** What this machine has to run a service with, and what is missing for it. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { platform, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../agents/environment.ts';

export interface Machine {
  readonly platform: NodeJS.Platform;
  /** ID of /etc/os-release: raspbian, debian, ubuntu, alpine … */
  readonly distribution: string;
  readonly isRoot: boolean;
  readonly user: string;
  /** systemd is process 1 here. */
  readonly hasSystemd: boolean;
  /** The user's own systemd can be talked to. */
  readonly hasUserBus: boolean;
  /** The user's services start at boot and outlive the login. */
  readonly lingers: boolean;
}

export async function lookAtMachine(env: Environment): Promise<Machine> {
  const { username, uid } = userInfo();
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const runtime = env['XDG_RUNTIME_DIR'] ?? `/run/user/${uid}`;
  return {
    platform: platform(),
    distribution: /^ID="?([\w.-]+)"?$/m.exec(release)?.[1] ?? '',
    isRoot: uid === 0,
    user: username,
    hasSystemd: existsSync('/run/systemd/system'),
    hasUserBus: existsSync(join(runtime, 'bus')),
    lingers: existsSync(join('/var/lib/systemd/linger', username)),
  };
}

export type ServiceKind = 'user' | 'system' | 'launchd' | 'pm2';

export const defaultKind = ({ platform: on, isRoot }: Machine): ServiceKind =>
  on === 'darwin' ? 'launchd' : isRoot ? 'system' : 'user';

/** Why such a service cannot be installed, and what to do; undefined when it can. */
export function whyNot(kind: ServiceKind, machine: Machine): { why: string; fix: string } | undefined {
  if (kind === 'pm2') return undefined;
  if (kind === 'launchd') {
    if (machine.platform === 'darwin') return undefined;
    return { why: 'launchd is there on macOS only', fix: 'On Linux: treeline runner install --user' };
  }
  if (machine.platform === 'darwin') return { why: 'macOS has no systemd', fix: 'treeline runner install --launchd' };
  if (!machine.hasSystemd) {
    const where = machine.distribution === '' ? 'this machine' : machine.distribution;
    const notSupported = machine.distribution === 'alpine' ? 'Alpine (OpenRC) is not supported: ' : '';
    return {
      why: `${notSupported}${where} does not run systemd`,
      fix: 'Use `treeline runner install --pm2`, run `treeline runner` in a container, or `treeline runner start` by hand.',
    };
  }
  if (kind === 'system' && !machine.isRoot) {
    return {
      why: 'a unit of the system needs root',
      fix: 'sudo treeline runner install --system --run-as $USER, or --user without sudo',
    };
  }
  if (kind === 'user' && machine.isRoot) {
    return {
      why: 'root has no systemd of its own to install into',
      fix: 'Run this as the user that the sessions are to belong to, or: treeline runner install --system --run-as USER',
    };
  }
  if (kind === 'user' && !machine.hasUserBus) {
    return {
      why: 'this login has no D-Bus session, by which systemd is told',
      fix: 'sudo apt install dbus-user-session, then log in anew, by ssh or at the machine (not by su or sudo). DietPi and Raspberry Pi OS Lite come without it.',
    };
  }
  return undefined;
}

/** What to know although it can be installed. */
export function advice(kind: ServiceKind, machine: Machine): string | undefined {
  if (kind !== 'user' || machine.lingers) return undefined;
  return `It starts at boot, and outlives your login, only after: sudo loginctl enable-linger ${machine.user}`;
}
