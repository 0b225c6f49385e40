/** What `runner install` and `runner uninstall` write and run on this machine. */
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../agents/environment.ts';
import { ownBundle } from '../programs.ts';
import { advice, defaultKind, lookAtMachine, type ServiceKind, whyNot } from '../service/machine.ts';
import { launchdLabel, launchdPlist, pm2Words, shellLine } from '../service/other-units.ts';
import { currentBundle } from '../upgrade/versions.ts';
import type { ServiceProgram } from '../service/program.ts';
import { systemdUnit } from '../service/systemd-unit.ts';
import { usageError } from './exit.ts';

export interface ServicePlan {
  readonly kind: ServiceKind;
  readonly name: string;
  /** What is written; none for pm2. */
  readonly file?: string;
  readonly content?: string;
  readonly commands: readonly (readonly string[])[];
  /** What undoes it; the file goes after the first of them. */
  readonly undo: readonly (readonly string[])[];
  /** How it is started later on. */
  readonly startedBy: string;
  readonly problem?: { readonly why: string; readonly fix: string };
  readonly advice?: string;
}

export interface PlanOptions {
  readonly user: boolean;
  readonly system: boolean;
  readonly launchd: boolean;
  readonly pm2: boolean;
  readonly now: boolean;
  readonly runAs: string | undefined;
  readonly home: string;
  readonly profile: string | undefined;
  readonly env: Environment;
}

export async function planService(options: PlanOptions): Promise<ServicePlan> {
  const { home, profile, env, now } = options;
  const machine = await lookAtMachine(env);
  const kind = chosenKind(options) ?? defaultKind(machine);
  const name = profile === undefined ? 'treeline-runner' : `treeline-runner-${profile}`;
  const program: ServiceProgram = {
    name,
    node: realpathSync(process.execPath),
    bundle: currentBundle(home) ?? realpathSync(ownBundle()),
    home,
    path: env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
  };
  const problem = whyNot(kind, machine);
  const hint = advice(kind, machine);
  const known = { ...(problem && { problem }), ...(hint !== undefined && { advice: hint }) };
  switch (kind) {
    case 'user':
      return {
        kind,
        name,
        ...systemd(program, { now, folder: join(homedir(), '.config/systemd/user'), own: ['--user'] }),
        ...known,
      };
    case 'system': {
      const runAs = accountOf(options.runAs ?? env['SUDO_USER'] ?? userInfo().username);
      return {
        kind,
        name,
        ...systemd({ ...program, runAs }, { now, folder: '/etc/systemd/system', own: [] }),
        ...known,
      };
    }
    case 'launchd':
      return { kind, name, ...launchd(program, now), ...known };
    case 'pm2':
      return {
        kind,
        name,
        commands: [...(now ? [pm2Words(program)] : []), ...(now ? [['pm2', 'save']] : [])],
        undo: [
          ['pm2', 'delete', name],
          ['pm2', 'save'],
        ],
        startedBy: shellLine(pm2Words(program)),
        ...known,
      };
  }
}

function systemd(
  program: Parameters<typeof systemdUnit>[0],
  { now, folder, own }: { now: boolean; folder: string; own: readonly string[] },
): Pick<ServicePlan, 'file' | 'content' | 'commands' | 'undo' | 'startedBy'> {
  const unit = `${program.name}.service`;
  const systemctl = (...words: string[]) => ['systemctl', ...own, ...words];
  return {
    file: join(folder, unit),
    content: systemdUnit(program),
    commands: [systemctl('daemon-reload'), systemctl('enable', ...(now ? ['--now'] : []), unit)],
    undo: [systemctl('disable', '--now', unit), systemctl('daemon-reload')],
    startedBy: systemctl('start', unit).join(' '),
  };
}

function launchd(
  program: ServiceProgram,
  now: boolean,
): Pick<ServicePlan, 'file' | 'content' | 'commands' | 'undo' | 'startedBy'> {
  const file = join(homedir(), 'Library/LaunchAgents', `${launchdLabel(program.name)}.plist`);
  const domain = `gui/${userInfo().uid}`;
  const start = ['launchctl', 'bootstrap', domain, file];
  return {
    file,
    content: launchdPlist({ ...program, logs: join(program.home, 'logs') }),
    commands: now ? [start] : [],
    undo: [['launchctl', 'bootout', `${domain}/${launchdLabel(program.name)}`]],
    startedBy: start.join(' '),
  };
}

/** Throws a usage problem when there is no such user. */
function accountOf(user: string): { user: string; group: string; userHome: string } {
  try {
    const passwd = execFileSync('getent', ['passwd', user], { encoding: 'utf8' }).trim().split(':');
    const group = execFileSync('id', ['-gn', user], { encoding: 'utf8' }).trim();
    return { user, group, userHome: passwd[5] ?? `/home/${user}` };
  } catch {
    throw usageError(`There is no user "${user}" on this machine.`, 'Name one with --run-as.');
  }
}

/** The one kind that was asked for; undefined for the machine's default. */
function chosenKind(flags: { user: boolean; system: boolean; launchd: boolean; pm2: boolean }) {
  const kinds = (['user', 'system', 'launchd', 'pm2'] as const).filter((kind) => flags[kind]);
  if (kinds.length > 1) throw usageError(`Choose one of --${kinds.join(', --')}.`);
  return kinds[0];
}
