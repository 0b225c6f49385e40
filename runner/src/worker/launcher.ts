/** How this session's agent is started: isolated, when its runner says so. */
import { join } from 'node:path';
import { asItIs, type Launcher } from '../agents/agent.ts';
import { isolate } from '../isolation/isolate.ts';
import { daemonSocketPath } from '../process/socket-path.ts';
import type { OpenedSession } from './open-session.ts';

export function launcherFor({ file, paths, home }: Pick<OpenedSession, 'file' | 'paths' | 'home'>): Launcher {
  const { isolation } = file;
  if (isolation === undefined) return asItIs;
  return async (wish) => {
    const socket = await daemonSocketPath(home);
    const hidden = [
      paths.spec,
      paths.secret,
      paths.log,
      paths.inbox,
      socket,
      ...SECRETS.map((name) => join(home, name)),
    ];
    return isolate({ isolation, place: { runnerHome: home, dataDir: paths.agent }, hidden })(wish);
  };
}

/** In the runner's folder. */
const SECRETS = ['credentials.json', 'runner.json', 'config.json', 'agents.json', 'run/control.sock', 'logs'];
