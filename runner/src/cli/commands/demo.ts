import { environment } from '../../config.ts';
import type { Stage } from '../../demo/stage.ts';
import type { Claim } from '../../demo/tour.ts';
import { treelineAsTyped } from '../../programs.ts';
import { command } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { toggle } from '../flags.ts';
import type { Output } from '../output/output.ts';

/** Long enough to read along; short where nobody does. */
const BEAT_MS = { watched: 2500, unwatched: 300 };

export const demo = command({
  name: 'demo',
  summary: 'Take a guided tour: two machines, a parent, a child, and a question for you',
  details:
    'It needs no model and no account, takes less than two minutes, and leaves nothing behind. It ends with what it has\n' +
    'shown, each point checked against the relay; exit code 1 when one does not hold.',
  examples: [
    ['demo', 'You answer the question that reaches you.'],
    ['demo --yes', 'Nobody is asked.'],
  ],
  args: {},
  flags: { yes: toggle('-y, --yes', 'play it unattended') },
  async action({ flags, cli }): Promise<ExitCode> {
    const { out } = cli;
    const { setStage } = await import('../../demo/stage.ts');
    const { playTour } = await import('../../demo/tour.ts');
    const { watchSignals } = await import('../../up/until-signal.ts');
    const standing: { stage?: Stage } = {};
    const end = async () => {
      await standing.stage?.kill();
      process.exit(EXIT.interrupted);
    };
    const signals = watchSignals(() => void end());
    void signals.asked.then(end);
    const guide = out.isJson ? silent(out) : out;
    guide.line();
    guide.line('  A relay and two runners start …');
    guide.line();
    const stage = await setStage({ env: environment, version: cli.settings.version });
    standing.stage = stage;
    try {
      const watched = process.stdout.isTTY && !out.isJson;
      const unattended = flags.yes || out.isJson || !process.stdin.isTTY;
      const beat = watched ? BEAT_MS.watched : BEAT_MS.unwatched;
      const claims = await playTour({ stage, out: guide, beat, unattended });
      if (out.isJson) out.json({ ok: claims.every(({ holds }) => holds), claims });
      else printClaims(claims, out);
      return claims.every(({ holds }) => holds) ? EXIT.ok : EXIT.failed;
    } finally {
      await stage.clear();
      signals.stop();
    }
  },
});

function printClaims(claims: readonly Claim[], out: Output): void {
  const { symbols, colors } = out.look;
  out.line();
  out.line('  You have seen, and the relay confirms:');
  for (const { claim, holds } of claims) {
    out.line(`  ${holds ? colors.green(symbols.done) : colors.red(`${symbols.failed} not so:`)} ${claim}`);
  }
  out.line();
  out.line(`  Now yours: ${treelineAsTyped()} up`);
}

function silent(out: Output): Output {
  return { ...out, line: () => undefined, note: () => undefined };
}
