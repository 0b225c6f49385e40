import { command } from '../../command.ts';
import { usageError } from '../../exit.ts';
import { choice, pairs, required, rest, texts } from '../../flags.ts';
import { homeFlag, runnerHomePath } from '../../runner-home.ts';

export const agentsAdd = command({
  name: 'agents add',
  summary: 'Add an agent of this machine, or change one',
  details:
    'The command is run as it is, without a shell. Put it after "--".\n' +
    'The runner offers it from its next start on.',
  examples: [
    ['agents add my-agent -- my-agent --acp', 'An agent that speaks the Agent Client Protocol.'],
    [
      'agents add work-pi --kind pi --env PI_CODING_AGENT_DIR=/home/me/.pi-work -- pi',
      'A second pi with a folder of its own.',
    ],
  ],
  args: { name: required('how sessions name it'), command: rest('the program and its arguments') },
  flags: {
    kind: choice('--kind <kind>', 'acp (the default), pi or command', ['acp', 'pi', 'command']),
    env: pairs('--env <NAME=value>', 'a variable that it gets; may be repeated. Not for secrets: see --pass-env'),
    passEnv: texts('--pass-env <NAME>', 'a variable that it gets from the runner’s environment; may be repeated'),
    home: homeFlag,
  },
  async action({ args, flags, cli }) {
    const { out } = cli;
    const kind = flags.kind ?? 'acp';
    if (args.command.length === 0 && kind === 'acp')
      throw usageError('There is no command.', 'Write it after "--": treeline agents add NAME -- PROGRAM …');
    const { addAgent } = await import('../../../agents/agents-file.ts');
    const { openHome } = await import('../../../home/home.ts');
    const home = await openHome(runnerHomePath(cli, flags.home));
    const command = args.command.length === 0 ? {} : { command: [...args.command] };
    const entry = { kind, ...command, env: flags.env, passEnv: [...flags.passEnv] };
    await addAgent(home.path, args.name, entry);
    if (out.isJson) return out.json({ name: args.name, ...entry });
    out.line(out.isQuiet ? args.name : `${out.look.symbols.done} ${args.name} added in ${home.path}`);
    out.note('The runner offers it from its next start on.');
  },
});
