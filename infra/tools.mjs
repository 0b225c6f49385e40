/** Programs that tests run for real and that no npm package brings: found, or got from the system's packages. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Each tool: the variable that tells tests where it is ('' = not here, skip), its names on PATH, its Debian package. */
export const TOOLS = [
  { variable: 'TREELINE_TEST_REDIS', names: ['redis-server'], debian: 'redis-server' },
  { variable: 'TREELINE_TEST_BWRAP', names: ['bwrap'], debian: 'bubblewrap' },
  { variable: 'TREELINE_TEST_CHROMIUM', names: ['chromium', 'chromium-browser', 'google-chrome'], debian: 'chromium' },
];

/** The variables to run tests with. In CI a missing tool is an error; elsewhere its tests are skipped, and this says so. */
export function provideTools({ env = process.env, log = (line) => console.error(line) } = {}) {
  const missing = TOOLS.filter((tool) => find(tool, env) === undefined).map((tool) => tool.debian);
  if (missing.length > 0) install(missing, log);
  const found = {};
  for (const tool of TOOLS) {
    const path = find(tool, env);
    if (path === undefined && env.CI) throw new Error(`${tool.names[0]} is missing, and could not be installed`);
    if (path === undefined)
      log(`${tool.names[0]} is missing: its tests are skipped. To run them: sudo apt-get install ${tool.debian}`);
    found[tool.variable] = path ?? '';
  }
  return found;
}

function find({ variable, names }, env) {
  if (env[variable]) return env[variable];
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name);
      if (isExecutable(path)) return path;
    }
  }
  return undefined;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Only where it needs no password; a service that a package would start is left off. */
function install(packages, log) {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (!runs([...asRoot, 'apt-get', '--version'])) return;
  log(`installing ${packages.join(' and ')} for the tests …`);
  const apt = [
    ...asRoot,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'RUNLEVEL=1',
    'apt-get',
    '-qq',
    '-o',
    'Dpkg::Use-Pty=0',
  ];
  runs([...apt, 'update'], log);
  runs([...apt, 'install', '-y', '--no-install-recommends', ...packages], log);
  if (packages.includes('redis-server')) runs([...asRoot, 'systemctl', 'disable', '--now', 'redis-server']);
}

function runs([command, ...args], log) {
  const { status, stderr } = spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: 600_000,
  });
  if (status !== 0 && log) log(`${command} ${args.at(-1)} failed: ${stderr?.trim().split('\n').at(-1) ?? ''}`);
  return status === 0;
}
