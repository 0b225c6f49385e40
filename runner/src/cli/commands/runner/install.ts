import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { environment } from '../../../config.ts';
import { openHome } from '../../../home/home.ts';
import { shellLine } from '../../../service/other-units.ts';
import { command } from '../../command.ts';
import { CliError, EXIT, type ExitCode } from '../../exit.ts';
import { text, toggle } from '../../flags.ts';
import { requireJoined } from '../../machine/asking.ts';
import { homeFlag, runnerHomePath } from '../../runner-home.ts';
import { planService, type ServicePlan } from '../../service-plan.ts';

const run = promisify(execFile);
const COMMAND_MS = 60_000;

export const kindFlags = {
  user: toggle('--user', 'a systemd unit of this user (the default on Linux)'),
  system: toggle('--system', 'a systemd unit of the system; needs root'),
  launchd: toggle('--launchd', 'a LaunchAgent (the default on macOS)'),
  pm2: toggle('--pm2', 'pm2'),
};

export const runnerInstall = command({
  name: 'runner install',
  summary: 'Have the runner of this machine start at boot, and stay',
  details:
    'Writes a systemd unit, a LaunchAgent or the line for pm2, with absolute paths, the PATH of this shell so that agents\n' +
    'are found, and no secret: the key stays in its file. It says what the machine lacks for it (root, D-Bus, linger).\n' +
    'Stopping the service leaves sessions running.',
  examples: [
    ['runner install --now', 'And start it.'],
    ['runner install --dry-run', 'Only show what would be written and run.'],
    ['runner install --system --run-as pi', 'As root, for the user pi.'],
    ['runner install --pm2', 'The line for pm2.'],
  ],
  args: {},
  flags: {
    ...kindFlags,
    runAs: text('--run-as <user>', 'with --system: the user whose runner it is; default: who called sudo'),
    dryRun: toggle('--dry-run', 'change nothing: show the file and the commands'),
    now: toggle('--now', 'start it too'),
    home: homeFlag,
  },
  async action({ flags, cli }): Promise<ExitCode> {
    const { out } = cli;
    const path = runnerHomePath(cli, flags.home);
    const plan = await planService({ ...flags, home: path, profile: cli.globals.profile, env: environment });
    if (flags.dryRun) {
      if (out.isJson) out.json(plan);
      else printPlan(plan, (line) => out.line(line));
      if (plan.problem !== undefined)
        out.note(`It could not be installed here: ${plan.problem.why}. ${plan.problem.fix}`);
      if (plan.advice !== undefined) out.note(plan.advice);
      return EXIT.ok;
    }
    if (plan.problem !== undefined) {
      throw new CliError(EXIT.failed, {
        code: 'not_supported',
        message: `The runner cannot be installed as a service: ${plan.problem.why}.`,
        hint: plan.problem.fix,
      });
    }
    await requireJoined(await openHome(path));
    if (plan.file !== undefined) {
      await mkdir(dirname(plan.file), { recursive: true });
      await writeFile(plan.file, plan.content ?? '', { mode: 0o644 });
    }
    for (const words of plan.commands) await runCommand(words);
    if (out.isJson) out.json(plan);
    else if (isLineOnly(plan)) {
      out.line(plan.startedBy);
      out.note('Nothing was changed: this line has pm2 start it, and --now runs it.');
    } else {
      out.line(`${out.look.symbols.done} installed${flags.now ? ' and started' : ''}: ${plan.file ?? plan.name}`);
      if (!flags.now) out.note(`Start it: ${plan.startedBy}`);
    }
    if (plan.advice !== undefined) out.note(plan.advice);
    return EXIT.ok;
  },
});

function printPlan(plan: ServicePlan, line: (text: string) => void): void {
  const { file, content, commands } = plan;
  if (file !== undefined) line(`# ${file}\n${content ?? ''}`);
  for (const words of commands) line(`$ ${shellLine(words)}`);
  if (isLineOnly(plan)) line(plan.startedBy);
}

/** pm2 without --now: nothing to write, nothing to run, a line to paste. */
const isLineOnly = ({ file, commands }: ServicePlan): boolean => file === undefined && commands.length === 0;

/** Throws a CliError with what the program said. */
export async function runCommand([program = '', ...args]: readonly string[]): Promise<void> {
  try {
    await run(program, args, { timeout: COMMAND_MS });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new CliError(EXIT.failed, {
      code: 'failed',
      message: `${shellLine([program, ...args])} failed: ${said === '' ? String(error) : said}`,
      hint: 'Run it by hand to see more.',
      cause: error,
    });
  }
}
