/** `treeline doctor`, run for somebody elsewhere: as a program of its own, as it is here, and with a limit. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DoctorFinding, redactSecrets, TreelineError } from '@treeline/shared';
import { z } from 'zod';
import { environment } from '../config.ts';
import type { Home } from '../home/home.ts';
import { doctorCommand } from '../programs.ts';

const WITHIN_MS = 20_000;
const Report = z.object({ findings: z.array(DoctorFinding) });

/** What it finds. Throws a TreelineError when it does not come to an end. */
export async function examine(home: Home): Promise<DoctorFinding[]> {
  const [program = '', ...args] = doctorCommand();
  const env = { ...environment, TREELINE_HOME: home.path };
  const said = await promisify(execFile)(program, args, { env, timeout: WITHIN_MS }).catch((error: unknown) => error);
  const stdout = typeof said === 'object' && said !== null && 'stdout' in said ? String(said.stdout) : '';
  try {
    const { findings } = Report.parse(JSON.parse(stdout));
    return findings.map((finding) => ({ ...finding, detail: redactSecrets(finding.detail) }));
  } catch (cause) {
    throw new TreelineError('internal', 'The examination of this machine did not come to an end', { cause });
  }
}
