import { command } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit.ts';
import { required } from '../../flags.ts';
import { order } from '../../remote-runner.ts';
import { printFindings } from '../doctor.ts';

export const runnerDoctor = command({
  name: 'runner doctor',
  summary: 'Have a runner of the relay examine its machine',
  details:
    'As `treeline doctor` there: node, relay, disk, memory, temperature, agents, each with its fix. Exit code 1 when anything\n' +
    'fails, 8 when it is offline, 4 when its owner does not allow it.',
  examples: [['runner doctor kitchen-pi', 'What is wrong there, and how to mend it.']],
  args: { runner: required('the runner, by name or id') },
  flags: {},
  async action({ args, cli }): Promise<ExitCode> {
    const { findings } = await order(cli, args.runner, { do: 'doctor' });
    const failed = findings.some(({ result }) => result === 'fail');
    if (cli.out.isJson) cli.out.json({ ok: !failed, findings });
    else printFindings(findings, cli.out);
    return failed ? EXIT.failed : EXIT.ok;
  },
});
