/** Finds versions of Treeline in the configured source: a registry as npm knows it, or a folder of package files. */
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import compare from 'semver/functions/compare.js';
import valid from 'semver/functions/valid.js';
import { z } from 'zod';
import type { PackageSource } from './config.ts';
import { npm, NpmProblem } from './npm.ts';

/** `treeline-0.2.0.tgz`, as `npm pack` names it; also with the scope of the package before it. */
const PACKAGE_FILE = /^(?:.+-)?treeline-(\d+\.\d+\.\d+.*)\.tgz$/;

/** A version that can be had. */
export interface Offer {
  readonly version: string;
  /** What npm is asked to install. */
  readonly what: string;
  /** Where npm looks for a name; default where it is configured to. */
  readonly registry?: string | undefined;
}

/** The source has no such version, or cannot be asked. `unreachable`: later it may. */
export class SourceProblem extends Error {
  override readonly name = 'SourceProblem';
  readonly reason: 'unreachable' | 'missing' | 'foreign' | 'failed';
  readonly hint: string;

  constructor(problem: { reason: SourceProblem['reason']; message: string; hint: string; cause?: unknown }) {
    super(problem.message, { cause: problem.cause });
    this.reason = problem.reason;
    this.hint = problem.hint;
  }
}

/** The newest version, or the one that is named. Rejects with a SourceProblem when there is none, or no source is set. */
export async function findOffer(source: PackageSource | undefined, version?: string): Promise<Offer> {
  if (source === undefined) throw new SourceProblem({ reason: 'missing', message: NO_SOURCE, hint: OTHER_SOURCE });
  return source.folder === undefined ? inRegistry(source, version) : inFolder(source.folder, version);
}

/** For people. */
export function nameOf({ folder, registry }: Pick<PackageSource, 'folder' | 'registry'>): string {
  return folder === undefined ? (registry ?? 'the registry that npm uses') : folderOf(folder);
}

/** Positive when `a` is the newer one. */
export const compareVersions = (a: string, b: string): number => compare(a, b);

const folderOf = (path: string): string => resolve(path.replace(/^~(?=\/|$)/, homedir()));

/** Whoever can publish under a name decides what runs here, so that no name is taken for granted. */
const NO_SOURCE = 'it is not set where new versions of Treeline come from';

const OTHER_SOURCE =
  'Name a package file, `treeline upgrade --target ./treeline-….tgz`, or set packageSource in config.json.';

async function inFolder(path: string, version: string | undefined): Promise<Offer> {
  const folder = folderOf(path);
  const names = await readdir(folder).catch((cause: unknown) => {
    const message = `${folder}, the packageSource of config.json, cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new SourceProblem({ reason: 'unreachable', message, hint: OTHER_SOURCE, cause });
  });
  const offers = names.flatMap((name) => {
    const found = valid(PACKAGE_FILE.exec(name)?.[1]);
    return found === null ? [] : [{ version: found, what: join(folder, name) }];
  });
  const newest = offers
    .filter((offer) => version === undefined || offer.version === version)
    .toSorted((a, b) => compareVersions(b.version, a.version))[0];
  if (newest !== undefined) return newest;
  const message =
    version === undefined
      ? `${folder} holds no package of Treeline: no file is named like treeline-0.2.0.tgz`
      : `${folder} holds no treeline-${version}.tgz`;
  throw new SourceProblem({ reason: 'missing', message, hint: OTHER_SOURCE });
}

const Published = z.object({ version: z.string(), bin: z.unknown() });
/** By this a package is known as Treeline, before anything of it is fetched. */
const OurProgram = z.object({ treeline: z.string().regex(/^(\.\/)?dist\/treeline\.mjs$/) });

async function inRegistry(source: PackageSource, version: string | undefined): Promise<Offer> {
  const { registry } = source;
  const asked = `${source.package}@${version ?? source.tag}`;
  const from = { asked, where: nameOf(source) };
  const said = await npm(['view', asked, 'version', 'bin', '--json'], { registry }).catch((cause: unknown) => {
    throw problemOf(cause, from);
  });
  const found = Published.safeParse(said);
  if (!found.success) throw problemOf(new NpmProblem({ code: 'E404', message: 'no such version' }), from);
  if (!OurProgram.safeParse(found.data.bin).success) {
    const message = `${asked} of ${from.where} is another program than Treeline`;
    throw new SourceProblem({ reason: 'foreign', message, hint: OTHER_SOURCE });
  }
  const exact = `${source.package}@${found.data.version}`;
  const what = source.package === 'treeline' ? exact : `treeline@npm:${exact}`;
  return { version: found.data.version, what, registry };
}

const UNREACHABLE = /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET|FETCH_ERROR|E5\d\d)/;
const LOGIN = /^(E401|E403|ENEEDAUTH)$/;

function problemOf(cause: unknown, { asked, where }: { asked: string; where: string }): SourceProblem {
  const code = cause instanceof NpmProblem ? cause.code : '';
  const said = cause instanceof Error ? cause.message : String(cause);
  const problem = (reason: SourceProblem['reason'], message: string, hint = OTHER_SOURCE) =>
    new SourceProblem({ reason, message, hint, cause });
  if (code === 'E404' || code === 'ETARGET') return problem('missing', `${asked} is not in ${where}: ${said}`);
  if (LOGIN.test(code)) {
    return problem('failed', `${where} wants a login: ${said}`, 'Log in to it: npm login --registry URL.');
  }
  if (code === 'ENOENT') return problem('failed', said, 'Then run this again; a package file is installed by npm too.');
  if (UNREACHABLE.test(code)) return problem('unreachable', `${where} cannot be asked for ${asked}: ${said}`);
  return problem('failed', said);
}
