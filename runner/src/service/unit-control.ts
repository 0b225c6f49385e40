/** The systemd unit in which a runner runs, if any: what it started it also has to start again. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface Unit {
  readonly name: string;
  /** `--user` for a unit of the user's own manager. */
  readonly own: readonly string[];
}

/** The unit of `runner install` in which a process runs. */
export async function unitOf(pid: number): Promise<Unit | undefined> {
  const cgroup = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  const name = /\/(treeline-runner[\w.@-]*\.service)$/m.exec(cgroup)?.[1];
  if (name === undefined) return undefined;
  return { name, own: cgroup.includes('/user@') ? ['--user'] : [] };
}

/** Whether a process was started with exactly this file. */
export async function wasStartedWith(pid: number, file: string): Promise<boolean> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return commandLine.split('\0').includes(file);
}

/** systemd, which runs it, did not do what it was told. */
export class UnitProblem extends Error {
  override readonly name = 'UnitProblem';
  readonly hint: string;

  constructor({ name, own }: Unit, cause: unknown) {
    super(
      `systemd, which runs it, did not restart ${name}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
    this.hint = `By hand: ${own.length > 0 ? 'systemctl --user' : 'sudo systemctl'} restart ${name}`;
  }
}

/** Throws a UnitProblem. */
export async function restartUnit(unit: Unit): Promise<void> {
  try {
    await promisify(execFile)('systemctl', [...unit.own, 'restart', unit.name]);
  } catch (cause) {
    throw new UnitProblem(unit, cause);
  }
}
