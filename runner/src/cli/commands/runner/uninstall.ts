import { readFile, rm } from 'node:fs/promises';
import { environment } from '../../../config.ts';
import { MADE_BY } from '../../../service/program.ts';
import { command } from '../../command.ts';
import { CliError, EXIT, type ExitCode } from '../../exit.ts';
import { toggle } from '../../flags.ts';
import { homeFlag, runnerHomePath } from '../../runner-home.ts';
import { planService } from '../../service-plan.ts';
import { kindFlags, runCommand } from './install.ts';
import { shellLine } from '../../../service/other-units.ts';

export const runnerUninstall = command({
  name: 'runner uninstall',
  summary: 'Undo `runner install`',
  details:
    'Stops the service and removes its file; sessions, the key and the folder stay. One that is not installed is no failure.',
  examples: [
    ['runner uninstall', 'What `runner install` made.'],
    ['runner uninstall --dry-run', 'Only show what would be done.'],
  ],
  args: {},
  flags: { ...kindFlags, dryRun: toggle('--dry-run', 'change nothing: show the commands'), home: homeFlag },
  async action({ flags, cli }): Promise<ExitCode> {
    const { out } = cli;
    const home = runnerHomePath(cli, flags.home);
    const plan = await planService({
      ...flags,
      home,
      profile: cli.globals.profile,
      env: environment,
      now: true,
      runAs: undefined,
    });
    const { file, undo } = plan;
    const content = file === undefined ? undefined : await readFile(file, 'utf8').catch(() => undefined);
    const isThere = file === undefined || content !== undefined;
    if (content !== undefined && !content.includes(MADE_BY)) {
      throw new CliError(EXIT.conflict, {
        code: 'not_ours',
        message: `${file ?? ''} was not made by \`treeline runner install\`, so it is left alone.`,
        hint: 'Remove it by hand.',
      });
    }
    if (flags.dryRun) {
      if (out.isJson) out.json({ file, commands: undo, installed: isThere });
      else undo.forEach((words) => out.line(`$ ${shellLine(words)}`));
      return EXIT.ok;
    }
    if (isThere) {
      const [stop, ...after] = undo;
      if (stop !== undefined) await runCommand(stop);
      if (file !== undefined) await rm(file, { force: true });
      for (const words of after) await runCommand(words);
    }
    if (out.isJson) out.json({ file, removed: isThere });
    else out.line(isThere ? `${out.look.symbols.done} removed: ${file ?? plan.name}` : 'it was not installed');
    return EXIT.ok;
  },
});
