import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environment } from '../../../config.ts';
import { askDaemon, NoDaemon } from '../../../home/control-client.ts';
import { readCredentials } from '../../../home/credentials.ts';
import { type Home, openHome } from '../../../home/home.ts';
import { findHolder } from '../../../home/lock.ts';
import { RunnerState } from '../../../home/state-file.ts';
import { daemonCommand, supervisorCommand } from '../../../programs.ts';
import type { Cli } from '../../cli.ts';
import { command } from '../../command.ts';
import { CliError, EXIT, type ExitCode } from '../../exit.ts';
import { toggle } from '../../flags.ts';
import { homeFlag, runnerHomePath } from '../../runner-home.ts';

const REGISTERED_WITHIN_MS = 20_000;
const LOOK_MS = 50;

export const runnerStart = command({
  name: 'runner start',
  summary: 'Start the runner of this machine',
  details:
    'It goes on in the background, and this command ends when the relay has it online. With --foreground it stays here,\n' +
    'as a service manager wants it. Sessions outlive it and are taken over by the next start.',
  examples: [
    ['runner start', 'In the background.'],
    ['runner start --foreground', 'Until Ctrl-C.'],
  ],
  args: {},
  flags: { foreground: toggle('--foreground', 'stay in this terminal'), home: homeFlag },
  async action({ flags, cli }): Promise<ExitCode> {
    const home = await openHome(runnerHomePath(cli, flags.home));
    await readCredentials(home);
    return flags.foreground ? superviseHere(cli, home) : startDetached(cli, home);
  },
});

async function superviseHere({ out }: Cli, home: Home): Promise<ExitCode> {
  const { superviseRunner } = await import('../../../supervisor/supervisor.ts');
  const { watchSignals } = await import('../../../up/until-signal.ts');
  const signals = watchSignals(() => process.exit(EXIT.interrupted));
  const supervision = superviseRunner({
    home,
    command: daemonCommand(),
    env: environment,
    logPath: logOf(home),
    onEvent: (event) => {
      if (out.isJson) out.jsonLine(event);
      else if (event.type === 'ready') out.line(`runner started: process ${event.pid}, log ${logOf(home)}`);
      else out.line(`the daemon crashed (${event.how}); it starts again in ${event.restartInMs} ms`);
    },
  });
  void signals.asked.then(() => supervision.stop({ workers: 'leave' }));
  const exit = await supervision.over;
  signals.stop();
  if (exit.how === 'stopped') return EXIT.ok;
  throw new CliError(EXIT.failed, { code: 'runner_ended', message: exit.why, hint: '`treeline doctor` looks closer.' });
}

async function startDetached({ out }: Cli, home: Home): Promise<ExitCode> {
  if ((await findHolder(home)) === undefined) launch(home);
  else out.note('It runs already.');
  const state = await registered(home);
  if (out.isJson) out.json(state);
  else if (out.isQuiet) out.line(String(state.pid));
  else out.line(`${out.look.symbols.done} online at ${state.relay}: process ${state.pid}, log ${state.logPath}`);
  return EXIT.ok;
}

/** The supervisor as a process of its own, which outlives this terminal. */
function launch(home: Home): void {
  const log = openSync(join(home.logs, 'supervisor.log'), 'a', 0o600);
  const [program = '', ...args] = supervisorCommand(home.path);
  spawn(program, args, { detached: true, stdio: ['ignore', log, log], cwd: home.path }).unref();
  closeSync(log);
}

async function registered(home: Home): Promise<RunnerState> {
  const until = performance.now() + REGISTERED_WITHIN_MS;
  let problem = 'its daemon does not answer';
  while (performance.now() < until) {
    const state = await stateOf(home);
    if (state?.link.state === 'online') return state;
    if (state?.link.state === 'refused' || state?.link.state === 'superseded')
      throw notRegistered(home, state.link.problem);
    if (state?.link.state === 'connecting' && state.link.problem !== undefined) problem = state.link.problem;
    await sleep(LOOK_MS);
  }
  throw notRegistered(home, problem);
}

async function stateOf(home: Home): Promise<RunnerState | undefined> {
  try {
    return RunnerState.parse(await askDaemon(home, { method: 'GET', path: '/status' }));
  } catch (error) {
    if (error instanceof NoDaemon) return undefined;
    throw error;
  }
}

function notRegistered(home: Home, why: string): CliError {
  return new CliError(EXIT.runnerOffline, {
    code: 'runner_offline',
    message: `The runner was started, but is not online: ${why}`,
    hint: `It goes on trying. Its log is ${logOf(home)}; treeline runner stop ends it.`,
  });
}

const logOf = (home: Home) => join(home.logs, 'daemon.log');
