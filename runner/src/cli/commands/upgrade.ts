import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { type Home, openHome } from '../../home/home.ts';
import { findHolder } from '../../home/lock.ts';
import { currentBundle, installBeside, removeVersion, smokeTest, switchTo } from '../../upgrade/versions.ts';
import { ownBundle } from '../../programs.ts';
import { command } from '../command.ts';
import { CliError, EXIT, type ExitCode, usageError } from '../exit.ts';
import { text, toggle } from '../flags.ts';
import { homeFlag, runnerHomePath } from '../runner-home.ts';

const run = promisify(execFile);
const ONLINE_WITHIN = '30s';

export const upgrade = command({
  name: 'upgrade',
  summary: 'Run another version of Treeline on this machine',
  details:
    'Installs it beside the present one below the runner’s folder, tries it, makes it the current one and restarts the\n' +
    'runner with it; when it does not get online, the version before is put back. Sessions go on all the while. A service\n' +
    'follows once `treeline runner install` has been run again. Versions before stay below versions/ until removed by hand.',
  examples: [
    ['upgrade --target ./treeline-0.2.0.tgz', 'From a package file.'],
    ['upgrade --target 0.2.0', 'From the registry.'],
    ['upgrade --check --target ./treeline-0.2.0.tgz', 'Only install it beside and try it; then remove it.'],
  ],
  args: {},
  flags: {
    target: text('--target <version>', 'a version, or the path of a package file or folder'),
    check: toggle('--check', 'change nothing that runs: only see whether it would work'),
    home: homeFlag,
  },
  async action({ flags, cli }): Promise<ExitCode> {
    const { out, settings } = cli;
    if (flags.target === undefined) throw usageError('Say what to upgrade to with --target.');
    const home = await openHome(runnerHomePath(cli, flags.home));
    const what = existsSync(flags.target) ? resolve(flags.target) : `treeline@${flags.target}`;
    out.note(`installing ${what} beside ${settings.version}`);
    const installed = await installBeside(home.path, what);
    const version = await smokeTest(installed).catch(async (error: unknown) => {
      await removeVersion(installed.folder);
      throw failed(`The new version does not work: ${said(error)}`);
    });
    if (flags.check) {
      await removeVersion(installed.folder);
      if (out.isJson) out.json({ version, works: true, present: settings.version });
      else out.line(`${out.look.symbols.done} ${version} works here; the present version is ${settings.version}`);
      return EXIT.ok;
    }
    const before = await switchTo(home.path, installed.folder);
    const restarted = await restartWith(home).catch(async (error: unknown) => {
      await switchTo(home.path, before);
      await restartFrom(home, currentBundle(home.path) ?? ownBundle());
      await removeVersion(installed.folder);
      throw failed(`The runner did not get online with ${version}: ${said(error)}`);
    });
    if (out.isJson) out.json({ version, before: settings.version, restarted, bundle: currentBundle(home.path) });
    else {
      out.line(`${out.look.symbols.done} ${version} is the current version${restarted ? '; the runner runs it' : ''}`);
      out.note(`Its command: node ${currentBundle(home.path) ?? installed.bundle}`);
    }
    return EXIT.ok;
  },
});

/** True when a runner ran, and now runs as the current version. */
async function restartWith(home: Home): Promise<boolean> {
  if ((await findHolder(home)) === undefined) return false;
  await restartFrom(home, currentBundle(home.path) ?? ownBundle());
  return true;
}

/** By that bundle's own command, so that it starts itself. */
async function restartFrom(home: Home, bundle: string): Promise<void> {
  await run(process.execPath, [
    bundle,
    'runner',
    'restart',
    '--force',
    '--home',
    home.path,
    '--timeout',
    ONLINE_WITHIN,
  ]);
}

/** The line of what a program said that is for people. */
function said(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  const lines = stderr.split('\n');
  const line = lines.find((it) => /error\b/i.test(it) && !it.startsWith('throw')) ?? lines[0];
  return stderr === '' ? String(error) : (line ?? '');
}

function failed(message: string): CliError {
  return new CliError(EXIT.failed, {
    code: 'upgrade_failed',
    message,
    hint: 'Nothing was changed: the version before is in use.',
  });
}
