/** `treeline`: the command line, and behind hidden words the processes that it starts. */
import { argv } from 'node:process';

// The reader of a pipe may go at any time: `treeline session ls | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const [word, folder] = argv.slice(2);
if (word === '_worker' && folder !== undefined) {
  const { runWorker } = await import('./worker/main.ts');
  await runWorker(folder);
} else if (word === '_daemon') {
  const { daemonMain } = await import('./daemon/main.ts');
  const { environment, readSettings } = await import('./config.ts');
  const { workerCommand } = await import('./programs.ts');
  const { home, version, stateHeartbeatMs } = readSettings();
  const options = { home, env: environment, version, workerCommand: workerCommand(), stateHeartbeatMs };
  process.exit(await daemonMain(options));
} else {
  const { run } = await import('./cli/run.ts');
  const { readSettings } = await import('./config.ts');
  process.exitCode = await run(argv.slice(2), readSettings());
}
