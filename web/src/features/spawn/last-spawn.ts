/** Where the last session was started, remembered by this browser. */
import { fields, stringOf } from '../../state/records.ts';
import { remember, remembered } from '../remembered.ts';

const KEY = 'treeline.spawn';

export interface LastSpawn {
  readonly runnerId?: string | undefined;
  readonly agent?: string | undefined;
  readonly cwd?: string | undefined;
  readonly model?: string | undefined;
}

export function lastSpawn(): LastSpawn {
  try {
    const value = fields(JSON.parse(remembered(KEY) ?? '{}'));
    return {
      runnerId: stringOf(value?.['runnerId']),
      agent: stringOf(value?.['agent']),
      cwd: stringOf(value?.['cwd']),
      model: stringOf(value?.['model']),
    };
  } catch {
    return {}; // Somebody else wrote there.
  }
}

export function rememberSpawn(spawn: LastSpawn): void {
  remember(KEY, JSON.stringify(spawn));
}
