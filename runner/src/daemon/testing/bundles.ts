/** The runner's processes as programs, made of the sources as they are now. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Inside the package, so that a bundle finds what it leaves outside. */
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/treeline/', import.meta.url));
const SOURCES = { worker: '../../worker/main.ts', daemon: './daemon-process.ts' } as const;

const bundles = new Map<keyof typeof SOURCES, Promise<string>>();

/** Path of a program that Node runs. */
export function bundled(name: keyof typeof SOURCES): Promise<string> {
  const bundle = bundles.get(name) ?? make(name);
  bundles.set(name, bundle);
  return bundle;
}

async function make(name: keyof typeof SOURCES): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(SOURCES[name], import.meta.url))],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    banner: { js: `import{createRequire as $cr}from'node:module';const require=$cr(import.meta.url);` },
    define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
    logLevel: 'silent',
    write: false,
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`esbuild made nothing of ${name}`);
  const path = `${CACHE}${name}-${createHash('sha256').update(output.contents).digest('hex').slice(0, 16)}.mjs`;
  if (!existsSync(path)) {
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(`${path}.${process.pid}`, output.contents);
    renameSync(`${path}.${process.pid}`, path);
  }
  return path;
}
