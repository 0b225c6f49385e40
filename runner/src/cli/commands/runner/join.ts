import { environment } from '../../../config.ts';
import { command } from '../../command.ts';
import { RelayProblem } from '../../../client/problems.ts';
import { CliError, EXIT } from '../../exit.ts';
import { integer, pairs, required, text, texts, toggle } from '../../flags.ts';
import { askSecret } from '../../relay-access.ts';
import { homeFlag, ownHomePath } from '../../runner-home.ts';

export const runnerJoin = command({
  name: 'runner join',
  summary: 'Make this machine a runner of a relay',
  details:
    'Trades a join token, which works once, for a key of its own. Make the token with `treeline key create NAME --join`\n' +
    'where you are logged in. It is read from --token-file, from stdin, or asked for; with --token other users of this\n' +
    'machine can see it for a moment. Then `treeline runner start`.',
  examples: [
    ['runner join https://relay.example', 'Asks for the token.'],
    ['runner join https://relay.example --token-file - --name kitchen-pi --label room=kitchen', 'Token from stdin.'],
  ],
  args: { url: required('the relay') },
  flags: {
    token: text('--token <token>', 'the join token'),
    name: text('--name <name>', 'how people call this machine; default: its host name'),
    label: pairs('--label <key=value>', 'a label, by which sessions can choose it; may be repeated'),
    root: texts('--root <folder>', 'sessions may work only below this folder; may be repeated; default: your home'),
    maxSessions: integer('--max-sessions <count>', 'sessions with a process at once', { min: 1, max: 10_000 }),
    insecure: toggle('--insecure', 'accept an unencrypted connection to another machine'),
    home: homeFlag,
  },
  async action({ args, flags, cli }) {
    const { out } = cli;
    const { changeConfig } = await import('../../../home/config.ts');
    const { openHome } = await import('../../../home/home.ts');
    const { joinRelay } = await import('../../../home/join.ts');
    const token = flags.token ?? (await askSecret(cli.globals, `Join token for ${args.url}`));
    const home = await openHome(flags.home ?? ownHomePath(cli));
    const { maxSessions, root } = flags;
    if (maxSessions !== undefined) await changeConfig(home, { capacity: maxSessions });
    if (root.length > 0) await changeConfig(home, { roots: [...root] });
    const runner = await joinRelay({
      home,
      url: args.url,
      token,
      name: flags.name,
      labels: Object.keys(flags.label).length === 0 ? undefined : flags.label,
      insecure: flags.insecure,
      env: environment,
      version: cli.settings.version,
    }).catch(orExplain);
    if (out.isJson) return out.json(runner);
    if (out.isQuiet) return out.line(runner.id);
    out.line(`${out.look.symbols.done} ${runner.profile.name} (${runner.id}) has joined ${args.url}`);
    const { profile } = cli.globals;
    const which =
      flags.home !== undefined ? ` --home ${flags.home}` : profile === undefined ? '' : ` --profile ${profile}`;
    out.note(`Start it:  treeline runner start${which}`);
  },
});

function orExplain(error: unknown): never {
  if (!(error instanceof RelayProblem) || error.code !== 'unauthenticated') throw error;
  throw new CliError(EXIT.notAllowed, {
    code: error.code,
    message: 'The relay does not know this join token: it is mistyped, has been used, or has ended.',
    hint: 'A token works once. Make a new one where you are logged in: treeline key create NAME --join',
    cause: error,
  });
}
