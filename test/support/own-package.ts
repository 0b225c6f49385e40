/** This build as a package of Treeline, of another version or with a fault. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundle } from './programs.ts';

export interface OwnPackage {
  /** Below it each package is made. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** Changes the text of each bundle. */
  readonly change?: (source: string) => string;
}

/** The package's folder, made anew. */
export function makeOwnPackage({ folder: base, name, version, change = (it) => it }: OwnPackage): string {
  const folder = join(base, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'dist'), { recursive: true });
  const dist = dirname(bundle('treeline.mjs'));
  const present = ownVersion();
  const needed = new Set(['treeline.mjs', 'worker.mjs']);
  for (const file of needed) {
    const source = readFileSync(join(dist, file), 'utf8');
    for (const [, other = ''] of source.matchAll(/["']\.\/([\w-]+\.mjs)["']/g)) {
      if (readdirSync(dist).includes(other)) needed.add(other);
    }
    cpSync(join(dist, file), join(folder, 'dist', file));
    writeFileSync(join(folder, 'dist', file), change(source.replaceAll(`"${present}"`, `"${version}"`)));
  }
  const described = { name: 'treeline', version, bin: { treeline: 'dist/treeline.mjs' }, files: ['dist'] };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(described));
  return folder;
}

/** `treeline-<version>.tgz` in a folder, as npm makes it of that package. */
export function packFile(folder: string, into: string): string {
  mkdirSync(into, { recursive: true });
  const said = execFileSync('npm', ['pack', folder, '--pack-destination', into, '--json', '--ignore-scripts']);
  const [packed] = JSON.parse(String(said)) as { filename: string }[];
  return join(into, packed?.filename ?? '');
}

export function ownVersion(): string {
  const said = execFileSync(process.execPath, [bundle('treeline.mjs'), 'version', '--json']);
  return (JSON.parse(String(said)) as { version: string }).version;
}
