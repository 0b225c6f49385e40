import { command } from '../../command.ts';
import type { ExitCode } from '../../exit.ts';
import { optional } from '../../flags.ts';
import { order } from '../../remote-runner.ts';
import { examineHere, sayFindings } from '../doctor.ts';

export const runnerDoctor = command({
  name: 'runner doctor',
  summary: 'Examine this machine, or have a runner of the relay examine its own',
  details:
    'As `treeline doctor` there: node, relay, disk, memory, temperature, agents, each with its fix. Exit code 1 when anything\n' +
    'fails, 8 when it is offline, 4 when its owner does not allow it.',
  examples: [
    ['runner doctor', 'What is wrong here, and how to mend it.'],
    ['runner doctor kitchen-pi', 'The same there.'],
  ],
  args: { runner: optional('a runner of the relay, by name or id; default: this machine') },
  flags: {},
  async action({ args, cli }): Promise<ExitCode> {
    if (args.runner === undefined) return sayFindings(await examineHere(cli), cli.out);
    const { findings } = await order(cli, args.runner, { do: 'doctor' });
    return sayFindings(findings, cli.out);
  },
});
