import { type Home, openHome } from '../../../home/home.ts';
import { findHolder } from '../../../home/lock.ts';
import type { RunnerState } from '../../../home/state-file.ts';
import type { Cli } from '../../cli.ts';
import { command } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit.ts';
import { toggle } from '../../flags.ts';
import { requireJoined } from '../../machine/asking.ts';
import { bringInStep } from '../../machine/in-step.ts';
import { registeredOrStarted, startDetached } from '../../machine/starting.ts';
import { homeFlag, runnerHomePath } from '../../runner-home.ts';
import { superviseHere } from './run.ts';

export const runnerStart = command({
  name: 'runner start',
  summary: 'Start the runner of this machine',
  details:
    'It goes on in the background, and this command ends when the relay has it online, or says within 5 s (--timeout) why\n' +
    'it has not: exit code 4 without a key, 8 when the relay refuses it or cannot be reached: then it goes on trying. A\n' +
    'machine that needs longer only to load it is waited for, up to 30 s without --timeout. One that runs already is\n' +
    'left as it is, unless it is of another version than this command: then it is restarted, and its sessions go on.\n' +
    'With --foreground it stays here, as a service manager wants it. Sessions outlive it and are taken over by the next\n' +
    'start.',
  examples: [
    ['runner start', 'In the background.'],
    ['runner start --foreground', 'Until Ctrl-C.'],
    ['runner start --profile work', 'A second runner on this machine, with a folder of its own.'],
  ],
  args: {},
  flags: { foreground: toggle('--foreground', 'stay in this terminal'), home: homeFlag },
  async action({ flags, cli }): Promise<ExitCode> {
    const home = await openHome(runnerHomePath(cli, flags.home));
    await requireJoined(home);
    if (flags.foreground) return superviseHere(cli, home);
    const { state, already } = await ensureRunning(cli, home);
    const { out } = cli;
    if (out.isJson) out.json({ ...state, already });
    else if (out.isQuiet) out.line(String(state.pid));
    else {
      const what = already ? 'runs already, online' : 'online';
      out.line(`${out.look.symbols.done} ${what} at ${state.relay}: process ${state.pid}, log ${state.logPath}`);
    }
    return EXIT.ok;
  },
});

/** Starts the runner of a folder unless it runs; one of another version is restarted, and its sessions go on. */
export async function ensureRunning(cli: Cli, home: Home): Promise<{ state: RunnerState; already: boolean }> {
  const patience = { withinMs: cli.globals.timeout, note: (text: string) => cli.out.note(text) };
  if ((await findHolder(home)) === undefined) {
    const beingStarted = (await findHolder(home, 'supervisor')) !== undefined;
    const state = await (beingStarted ? registeredOrStarted : startDetached)(home, patience);
    return { state, already: beingStarted };
  }
  const restarted = await bringInStep(cli, home);
  if (restarted !== undefined) return { state: restarted, already: false };
  return { state: await registeredOrStarted(home, patience), already: true };
}
