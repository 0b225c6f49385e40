import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunnerView } from '@treeline/shared';
import { environment } from '../../config.ts';
import { treelineAsTyped } from '../../programs.ts';
import type { LocalRunner } from '../../up/local-runner.ts';
import type { Relay } from '../../up/relay-bundle.ts';
import type { Cli } from '../cli.ts';
import { command } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { unless } from '../flags.ts';
import { loginFile } from '../relay-access.ts';
import { upRunnerHome } from '../runner-home.ts';
import { RELAY_FLAGS, relayFailed } from './relay.ts';

export const up = command({
  name: 'up',
  summary: 'Start a relay with a runner of this machine, and the viewer',
  details:
    'Everything is in the data folder: what the relay stores, its logs, and the runner with its sessions. A second start\n' +
    'goes on where the first one ended. Ctrl-C puts sessions to sleep and ends all of it; a second Ctrl-C does not wait.',
  examples: [
    ['up', 'On this machine only.'],
    ['up --host 0.0.0.0 --no-open', 'Reachable from the network; runners elsewhere can join.'],
    ['up --data-dir ./try --port 0', 'Apart from everything else; use --data-dir ./try with other commands too.'],
  ],
  args: {},
  flags: {
    ...RELAY_FLAGS,
    runner: unless('--no-runner', 'without a runner of this machine'),
    open: unless('--no-open', 'do not open a browser'),
  },
  async action({ flags, cli }): Promise<ExitCode> {
    const { startRelay } = await import('../../up/relay-bundle.ts');
    const { watchSignals } = await import('../../up/until-signal.ts');
    const { out, dataDir } = cli;
    let runner: LocalRunner | undefined;
    const signals = watchSignals(() => void forceEnd(runner));
    const redisUrl = flags.redis ?? cli.settings.redisUrl;
    const { port, host, publicUrl } = flags;
    const logFile = join(dataDir, 'logs', 'relay.log');
    const settings = { port, host, publicUrl, dataDir, redisUrl, volatile: flags.volatile || undefined, logFile };
    const relay = await startRelay(settings, environment).catch(relayFailed);
    try {
      const code = await relay.createSignInCode();
      if (relay.warning !== undefined) out.note(relay.warning);
      await showRelay(cli, relay, { code, redisUrl, volatile: flags.volatile });
      if (flags.runner) {
        const { startLocalRunner } = await import('../../up/local-runner.ts');
        runner = await startLocalRunner({
          relay,
          home: upRunnerHome(dataDir),
          env: environment,
          version: cli.settings.version,
        });
        void runner.over.then((exit) => {
          if (exit.how === 'gave_up') out.note(`  The runner has ended: ${exit.why}`);
        });
      }
      const online = await Promise.race([runner?.online, signals.asked.then(() => undefined)]);
      await showReady(cli, relay, { code, runner: online, open: flags.open });
      await signals.asked;
      out.note('\n  Stopping: sessions go to sleep …');
    } finally {
      await runner?.stop();
      await relay.close();
      signals.stop();
    }
    return EXIT.ok;
  },
});

interface Shown {
  readonly code: string;
  readonly redisUrl: string | undefined;
  readonly volatile: boolean;
}

async function showRelay(cli: Cli, { publicUrl }: Relay, shown: Shown): Promise<void> {
  const { out, dataDir } = cli;
  if (out.isJson) return;
  const { relayLines } = await import('../../up/banner.ts');
  out.line();
  relayLines({ ...shown, publicUrl, dataDir, look: out.look }).forEach((line) => out.line(line));
  if (!process.stdout.isTTY || !cli.settings.unicode) return;
  const { qrLines } = await import('../../up/qr.ts');
  (await qrLines(publicUrl, shown.code))?.forEach((line) => out.line(`           ${line}`));
}

async function showReady(
  cli: Cli,
  { url, publicUrl, relayId }: Relay,
  { code, runner, open }: { code: string; runner: RunnerView | undefined; open: boolean },
): Promise<void> {
  const { out, dataDir, settings, globals } = cli;
  if (out.isJson) return out.jsonLine({ url, publicUrl, relayId, dataDir, signInCode: code, runner });
  const { runnerLines, tryLines } = await import('../../up/banner.ts');
  if (runner !== undefined) runnerLines(runner, out.look).forEach((line) => out.line(line));
  const isDefault = globals.dataDir === undefined && !existsSync(loginFile(settings));
  const treeline = `${treelineAsTyped()}${isDefault ? '' : ` --data-dir ${dataDir}`}`;
  out.line();
  tryLines({ treeline, look: out.look }).forEach((line) => out.line(line));
  if (open && settings.display && process.stdout.isTTY) {
    const { default: openUrl } = await import('open');
    // Without the code: other users of this machine can read a browser's arguments.
    await openUrl(publicUrl).catch(() => out.note('  The browser could not be opened.'));
  }
}

async function forceEnd(runner: LocalRunner | undefined): Promise<void> {
  await runner?.kill();
  process.exit(EXIT.interrupted);
}
