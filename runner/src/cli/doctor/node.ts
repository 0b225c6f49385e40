import { type Check, fail, type Finding, ok, warn } from './check.ts';

const OLDEST = [20, 19] as const;
const OLDEST_SUPPORTED = 22;
const ADVISED = 24;

export const checkNode: Check = async () => [judgeNode(process.versions.node)];

export function judgeNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const update = `Install Node ${ADVISED}: https://nodejs.org`;
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    return fail('node', `${version}, but ${OLDEST.join('.')} is the oldest that works`, update);
  }
  if (major < OLDEST_SUPPORTED) return warn('node', `${version} works, and gets no security updates any more`, update);
  return ok('node', version);
}
