import { readIdentity } from '../../../home/identity.ts';
import { NoDaemon } from '../../../home/control-client.ts';
import { readGaveUp } from '../../../home/gave-up.ts';
import { HomeError, type Home, lookIntoHome } from '../../../home/home.ts';
import { findHolder } from '../../../home/lock.ts';
import { readRunnerState, type RunnerState } from '../../../home/state-file.ts';
import { inMb } from '../../../resources/room.ts';
import { command } from '../../command.ts';
import { formatAge } from '../../time.ts';
import type { ExitCode } from '../../exit.ts';
import { renderFields } from '../../output/fields.ts';
import { askStatus } from '../../machine/asking.ts';
import { findWorkers } from '../../machine/workers.ts';
import { homeFlag, runnerHomePath } from '../../runner-home.ts';

/** As service managers and monitors have it. */
const HEALTHY = 0;
const NOT_RUNNING = 3;
const UNHEALTHY = 4;

export const runnerStatus = command({
  name: 'runner status',
  summary: 'Show what the runner of this machine is doing',
  details:
    'Exit code 0 when it is healthy, 3 when it does not run, 4 when it runs but something is wrong: no link to the relay,\n' +
    'refused by it, no answer, too little memory or disk, a folder that cannot be written. One that gave up says why.',
  examples: [
    ['runner status', 'Its link, its sessions, the machine, its log.'],
    ['runner status --json', 'For a monitor.'],
  ],
  args: {},
  flags: { home: homeFlag },
  async action({ flags, cli }): Promise<ExitCode> {
    const { out } = cli;
    const { home, problem: unusable } = await lookIntoHome(runnerHomePath(cli, flags.home));
    const { identity, problem: damaged } = await identityOf(home);
    const seen = await look(home);
    const { running, state } = seen;
    const problem = unusable?.message ?? damaged ?? seen.problem;
    const online = running && state?.link.state === 'online';
    const alone = running ? 0 : (await findWorkers(home)).length;
    const exit = !running ? NOT_RUNNING : problem === undefined ? HEALTHY : UNHEALTHY;
    if (out.isJson) {
      const healthy = exit === HEALTHY;
      out.json({ home: home.path, ...identity, running, online, healthy, ...(problem && { problem }), state });
      return exit as ExitCode;
    }
    const fields: [string, string][] = [
      [
        'Runner',
        identity === undefined
          ? damaged === undefined
            ? 'has never been started'
            : 'of an unknown name'
          : `${identity.name}  ${identity.id}`,
      ],
      ['State', running ? stateText(state, problem) : `not running${problem === undefined ? '' : `: ${problem}`}`],
      ...(running && state !== undefined ? runningFields(state) : []),
      ['Sessions', running || alone === 0 ? '' : `${alone} go on without it`],
      ['Folder', home.path],
      ['Log', state?.logPath ?? ''],
    ];
    renderFields(fields, out.look).forEach((line) => out.line(line));
    return exit as ExitCode;
  },
});

/** A damaged file is what is wrong with it, also while it runs on. */
async function identityOf(home: Home) {
  try {
    return { identity: await readIdentity(home) };
  } catch (error) {
    if (error instanceof HomeError) return { identity: undefined, problem: error.message };
    throw error;
  }
}

interface Look {
  readonly running: boolean;
  readonly state: RunnerState | undefined;
  /** Why it is not healthy, for a person. */
  readonly problem: string | undefined;
}

async function look(home: Home): Promise<Look> {
  const holder = await findHolder(home);
  if (holder === undefined) {
    const state = await readRunnerState(home);
    if ((await findHolder(home, 'supervisor')) === undefined) {
      return { running: false, state, problem: (await readGaveUp(home))?.why };
    }
    return { running: true, state, problem: 'its daemon is being started' };
  }
  try {
    const state = await askStatus(home);
    return { running: state !== undefined, state, problem: state && problemOf(state) };
  } catch (error) {
    if (!(error instanceof NoDaemon)) throw error;
    const state = await readRunnerState(home);
    const since = state === undefined ? '' : ` since ${state.lastHeartbeat}`;
    return { running: true, state, problem: `process ${holder.pid} does not answer${since}` };
  }
}

function problemOf(state: RunnerState): string | undefined {
  const { link, relay, health, paused } = state;
  switch (link.state) {
    case 'connecting':
      return `no link to ${relay}${link.problem === undefined ? '' : `: ${link.problem}`}`;
    case 'refused':
      return `refused by ${relay}: ${link.problem}`;
    case 'superseded':
      return `superseded: ${link.problem}`;
    case 'closed':
      return 'stopping';
    case 'online':
      return paused === true ? undefined : health?.refuses;
  }
}

function stateText(state: RunnerState | undefined, problem: string | undefined): string {
  if (problem !== undefined) return problem;
  return `online at ${state?.relay ?? ''}${state?.paused === true ? ', paused: no new sessions' : ''}`;
}

function runningFields(state: RunnerState): [string, string][] {
  const { pid, version, startedAt, lastHeartbeat, sessions, capacity, health } = state;
  const age = (iso: string) => formatAge(Date.now() - Date.parse(iso));
  return [
    ['Process', `${pid}, for ${age(startedAt)}, version ${version}`],
    ['Heartbeat', `${age(lastHeartbeat)} ago`],
    ['Sessions', `${sessions} of ${capacity}`],
    ['Disk', health?.diskFreeBytes === undefined ? '' : `${inMb(health.diskFreeBytes)} free`],
    ['Memory', health?.memoryFreeBytes === undefined ? '' : `${inMb(health.memoryFreeBytes)} free`],
    ['Load', health?.cpu === undefined ? '' : `${Math.round(health.cpu * 100)} %`],
    ['Temperature', health?.temperatureC === undefined ? '' : temperatureText(health.temperatureC, health.throttled)],
  ];
}

function temperatureText(celsius: number, throttled: boolean | undefined): string {
  return `${celsius.toFixed(0)} °C${throttled === true ? ', throttled: too hot, or too little power' : ''}`;
}
