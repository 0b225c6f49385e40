/** Builds the service worker after the viewer, with the list of the viewer's files in it: another file, another worker. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { build, type Plugin, type ResolvedConfig } from 'vite';

const NAME = 'sw.js';

export function serviceWorker(): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'treeline-service-worker',
    apply: 'build',
    configResolved(resolved) {
      config = resolved;
    },
    async closeBundle() {
      const outDir = resolve(config.root, config.build.outDir);
      await build({
        configFile: false,
        root: config.root,
        publicDir: false,
        logLevel: 'warn',
        define: { SHELL: JSON.stringify(await shellOf(outDir)) },
        build: {
          outDir,
          emptyOutDir: false,
          rollupOptions: {
            input: join(config.root, 'worker', 'sw.ts'),
            output: { format: 'iife', entryFileNames: NAME },
          },
        },
      });
    },
  };
}

async function shellOf(folder: string): Promise<{ version: string; files: string[] }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name !== NAME)
    .map(({ parentPath, name }) => join(parentPath, name));
  const version = createHash('sha256');
  for (const path of paths.toSorted()) version.update(relative(folder, path)).update(await readFile(path));
  return {
    version: version.digest('hex').slice(0, 16),
    files: paths.map((path) => `/${relative(folder, path).split(sep).join('/')}`).toSorted(),
  };
}
