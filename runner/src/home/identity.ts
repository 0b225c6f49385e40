/** runner.json: who this runner is. Made once, and stable through every join, rename of the machine and upgrade. */
import { hostname } from 'node:os';
import { Name, newId, RunnerId } from '@treeline/shared';
import { z } from 'zod';
import type { Home } from './home.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

export const RunnerIdentity = z.object({ id: RunnerId, name: Name });
export type RunnerIdentity = z.infer<typeof RunnerIdentity>;

export function readIdentity(home: Home): Promise<RunnerIdentity | undefined> {
  return readJsonFile(RunnerIdentity, home.identity);
}

/** The identity, made on first use; `name` renames it. The default name is the machine's. */
export async function ensureIdentity(home: Home, name?: string): Promise<RunnerIdentity> {
  const known = await readIdentity(home);
  if (known !== undefined && (name === undefined || name === known.name)) return known;
  const identity = RunnerIdentity.parse({ id: known?.id ?? newId('runner'), name: name ?? machineName() });
  await writeJsonFile(home.identity, identity);
  return identity;
}

function machineName(): string {
  const [first = ''] = hostname().split('.');
  const name = Name.safeParse(first.slice(0, 63));
  return name.success ? name.data : 'runner';
}
