/** `treeline`: the command line, and behind hidden words the processes that it starts. */
import { argv } from 'node:process';
import { readSettings } from './config.ts';
import { run } from './cli/run.ts';

// The reader of a pipe may go at any time: `treeline session ls | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await run(argv.slice(2), readSettings());
