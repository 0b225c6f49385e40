/** Plays a registry of npm packages that holds one package, for whoever comes with its token. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface NpmRegistry {
  readonly url: string;
  /** The line of .npmrc that logs in to it. */
  readonly login: string;
  /** Takes in a version, with the file that `npm pack` made of it, and offers it as the latest. */
  publish(version: string, file: string, bin?: Readonly<Record<string, string>>): void;
  close(): Promise<void>;
}

export async function startNpmRegistry({ name, token }: { name: string; token: string }): Promise<NpmRegistry> {
  const files = new Map<string, Buffer>();
  const versions: Record<string, unknown> = {};
  let latest: string | undefined;
  const server = createServer((request, response) => {
    const answer = (status: number, body: Buffer | object) => {
      const isFile = Buffer.isBuffer(body);
      response.writeHead(status, { 'content-type': isFile ? 'application/octet-stream' : 'application/json' });
      response.end(isFile ? body : JSON.stringify(body));
    };
    const path = decodeURIComponent(request.url ?? '');
    if (request.headers.authorization !== `Bearer ${token}`) return answer(401, { error: 'log in' });
    const file = files.get(path);
    if (file !== undefined) return answer(200, file);
    if (path !== `/${name}` || latest === undefined) return answer(404, { error: 'not found' });
    return answer(200, { name, 'dist-tags': { latest }, versions });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    login: `//${host}/:_authToken=${token}`,
    publish: (version, file, bin = { treeline: 'dist/treeline.mjs' }) => {
      const content = readFileSync(file);
      const path = `/${name}/-/${version}.tgz`;
      files.set(path, content);
      const shasum = createHash('sha1').update(content).digest('hex');
      versions[version] = { name, version, bin, dist: { tarball: `http://${host}${path}`, shasum } };
      latest = version;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
