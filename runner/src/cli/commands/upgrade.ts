import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readConfig } from '../../home/config.ts';
import { type Home, openHome } from '../../home/home.ts';
import { compareVersions, findOffer, nameOf, type Offer, SourceProblem } from '../../upgrade/source.ts';
import {
  currentBundle,
  currentVersion,
  installBeside,
  type Installed,
  removeVersion,
  smokeTest,
} from '../../upgrade/versions.ts';
import type { Cli } from '../cli.ts';
import { command } from '../command.ts';
import { CliError, EXIT, type ExitCode, usageError } from '../exit.ts';
import { text, toggle } from '../flags.ts';
import { changeVersion, saidBy, upgradeFailed } from '../machine/changing-version.ts';
import { homeFlag, runnerHomePath } from '../runner-home.ts';

export const upgrade = command({
  name: 'upgrade',
  summary: 'Run another version of Treeline on this machine',
  details:
    'Without --target it looks for a newer one in the packageSource of config.json: a registry of npm packages, or a folder\n' +
    'of package files. The version is installed beside the present one below the runner’s folder, tried and made the\n' +
    'current one, and the runner is restarted with it; when it does not get online, the version before is put back.\n' +
    'Sessions go on all the while. A service follows once `treeline runner install` has been run again. Versions before\n' +
    'stay below versions/ until removed by hand.',
  examples: [
    ['upgrade', 'To the newest version of the package source.'],
    ['upgrade --check', 'Only see whether there is a newer one and whether it works here.'],
    ['upgrade --target 0.2.0', 'To that version of the package source, newer or older.'],
    ['upgrade --target ./treeline-0.2.0.tgz', 'From a package file.'],
  ],
  args: {},
  flags: {
    target: text(
      '--target <version>',
      'a version, or the path of a package file or folder; default the newest version',
    ),
    check: toggle('--check', 'change nothing that runs: install it beside, try it, remove it'),
    home: homeFlag,
  },
  async action({ flags, cli }): Promise<ExitCode> {
    const { out, settings } = cli;
    const home = await openHome(runnerHomePath(cli, flags.home));
    const present = (await currentVersion(home.path)) ?? settings.version;
    const offer = await offerFor(home, flags.target).catch((error: unknown) => {
      throw refusal(error);
    });
    const source = (await readConfig(home)).packageSource ?? {};
    if (flags.target === undefined && offer.version !== undefined && compareVersions(offer.version, present) <= 0) {
      return sayNewest(cli, { present, offered: offer.version, source: nameOf(source) });
    }
    out.note(`installing ${offer.what} beside ${present}`);
    const { installed, version } = await tryBeside(home, offer);
    if (flags.check) {
      await removeVersion(installed.folder);
      if (out.isJson) out.json({ version, works: true, present });
      else out.line(`${out.look.symbols.done} ${version} works here; the present version is ${present}`);
      return EXIT.ok;
    }
    const running = await changeVersion(home, { installed, version });
    const restarted = running === version;
    if (out.isJson) out.json({ version, before: present, restarted, bundle: currentBundle(home.path) });
    else {
      const after = restarted ? '; the runner runs it' : '';
      out.line(`${out.look.symbols.done} ${version} is the current version, after ${present}${after}`);
      out.note(`Its command: node ${currentBundle(home.path) ?? installed.bundle}`);
    }
    if (running !== undefined && !restarted) {
      out.note(`The runner’s service still starts ${running}. Once: treeline runner install`);
    }
    return EXIT.ok;
  },
});

/** What to install: a file or folder as it is named, a version by name, or the newest. */
async function offerFor(home: Home, target: string | undefined): Promise<Partial<Offer> & Pick<Offer, 'what'>> {
  if (target !== undefined && existsSync(target)) return { what: resolve(target) };
  if (target !== undefined && /^https?:\/\//.test(target)) return { what: target };
  if (target !== undefined && (!/^[\w.+-]+$/.test(target) || target.endsWith('.tgz')))
    throw usageError(`There is no package file or folder ${target}.`);
  return findOffer((await readConfig(home)).packageSource, target);
}

function sayNewest({ out }: Cli, it: { present: string; offered: string; source: string }): ExitCode {
  const { present, offered, source } = it;
  if (out.isJson) out.json({ version: offered, present, newest: true, source });
  else if (compareVersions(offered, present) === 0) {
    out.line(`${out.look.symbols.done} ${present} is the newest version of ${source}`);
  } else {
    out.line(`${out.look.symbols.done} ${present} is newer than ${offered}, the newest of ${source}`);
  }
  return EXIT.ok;
}

/** Installed beside the present version, and seen to work; else nothing is left of it. */
async function tryBeside(
  home: Home,
  offer: Parameters<typeof installBeside>[1],
): Promise<{ installed: Installed; version: string }> {
  const installed = await installBeside(home.path, offer);
  try {
    return { installed, version: await smokeTest(installed) };
  } catch (error) {
    await removeVersion(installed.folder);
    throw upgradeFailed(`The new version does not work: ${saidBy(error)}`);
  }
}

function refusal(error: unknown): unknown {
  if (!(error instanceof SourceProblem)) return error;
  const { message, hint, reason } = error;
  const exit = reason === 'missing' ? EXIT.notFound : reason === 'unreachable' ? EXIT.unreachable : EXIT.failed;
  return new CliError(exit, { code: `package_${reason}`, message, hint, cause: error });
}
