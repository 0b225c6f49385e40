/** `node <bundle> <worker bundle>`: the daemon of $TREELINE_HOME as a process of its own, for tests that kill it. */
import { daemonMain } from '../../daemon/main.ts';

// oxlint-disable-next-line node/no-process-env -- the edge of this program
const env = process.env;
process.exitCode = await daemonMain({
  home: env['TREELINE_HOME'] ?? '',
  env,
  version: 'test',
  workerCommand: [process.execPath, process.argv[2] ?? ''],
});
