import type { Cli } from '../cli.ts';
import { command } from '../command.ts';
import { checkAgents } from '../doctor/agents.ts';
import type { Check, Finding } from '../doctor/check.ts';
import { checkFolders } from '../doctor/folders.ts';
import { checkIsolation } from '../doctor/isolation.ts';
import { checkMachine } from '../doctor/machine.ts';
import { checkNode } from '../doctor/node.ts';
import { checkRelay } from '../doctor/relay.ts';
import { checkRunnerRelay } from '../doctor/runner-relay.ts';
import { checkRunner } from '../doctor/runner.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import type { Output } from '../output/output.ts';
import { checkText } from '../output/words.ts';

const CHECKS: readonly Check[] = [
  checkNode,
  checkRelay,
  checkRunnerRelay,
  checkFolders,
  checkMachine,
  checkRunner,
  checkAgents,
  checkIsolation,
];

export const doctor = command({
  name: 'doctor',
  summary: 'Check what Treeline needs on this machine, and say how to mend what is wrong',
  details: 'Exit code 1 when anything fails; warnings do not count.',
  examples: [
    ['doctor', 'Everything.'],
    ['doctor --json', 'For a script or an issue report.'],
  ],
  args: {},
  flags: {},
  action: async ({ cli }): Promise<ExitCode> => sayFindings(await examineHere(cli), cli.out),
});

/** All checks of this machine. */
export async function examineHere(cli: Cli): Promise<readonly Finding[]> {
  return (await Promise.all(CHECKS.map((check) => check(cli)))).flat();
}

/** Prints them; exit code 1 when one of them failed. */
export function sayFindings(findings: readonly Finding[], out: Output): ExitCode {
  const failed = findings.some(({ result }) => result === 'fail');
  if (out.isJson) out.json({ ok: !failed, findings });
  else printFindings(findings, out);
  return failed ? EXIT.failed : EXIT.ok;
}

function printFindings(findings: readonly Finding[], out: Output): void {
  const width = Math.max(...findings.map(({ check }) => check.length));
  for (const { check, result, detail, fix } of findings) {
    if (out.isQuiet && result === 'ok') continue;
    out.line(`${checkText(result, out.look)}  ${check.padEnd(width)}  ${detail}`);
    if (fix !== undefined)
      out.line(`${' '.repeat(6 + width)}  ${out.look.colors.dim(`${out.look.symbols.arrow} ${fix}`)}`);
  }
}
