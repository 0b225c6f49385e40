/** Whether a Redis is fit to hold what must not be lost. Pure: `facts.ts` asks the server, this judges. */

export interface ServerFacts {
  /** Changes with each start of the server. */
  readonly runId?: string | undefined;
  readonly version?: string | undefined;
  /** `master`, `slave`. */
  readonly role?: string | undefined;
  readonly evictionPolicy?: string | undefined;
  readonly aof?: boolean | undefined;
  /** `always`, `everysec` or `no`. */
  readonly fsync?: string | undefined;
  /** The last write of the AOF failed: until one succeeds Redis refuses writes. */
  readonly aofBroken?: boolean | undefined;
  readonly aofRewrite?: 'running' | 'done' | 'failed' | undefined;
}

export interface Verdict {
  /** What makes it unfit, each with its fix. */
  readonly problems: string[];
  /** What could not be verified or deserves a look; each a sentence. */
  readonly notes: string[];
}

const OLDEST = [6, 2] as const;

/** `volatile`: the operator asked to run without durability. Eviction is refused even so: it would tear records from their indexes. */
export function judge(facts: ServerFacts, { volatile }: { readonly volatile: boolean }): Verdict {
  const problems: string[] = [];
  const notes: string[] = [];

  if (facts.version === undefined) notes.push('its version could not be verified; 6.2 or newer is needed');
  else if (isOlder(facts.version)) problems.push(`it is version ${facts.version}: use Redis 6.2 or newer`);

  if (facts.role === undefined) notes.push('it could not be verified that it is no replica');
  else if (facts.role !== 'master') problems.push('it is a replica: use the address of its primary');

  if (facts.evictionPolicy === undefined)
    notes.push('it could not be verified that its maxmemory-policy is noeviction');
  else if (facts.evictionPolicy !== 'noeviction') {
    problems.push(
      `its maxmemory-policy is ${facts.evictionPolicy}, which deletes data when memory runs short: ` +
        'set `maxmemory-policy noeviction` in redis.conf (or CONFIG SET maxmemory-policy noeviction)',
    );
  }

  if (!volatile) judgeDurability(facts, problems, notes);
  return { problems, notes };
}

function judgeDurability(facts: ServerFacts, problems: string[], notes: string[]): void {
  if (facts.aof === undefined)
    return void notes.push('it could not be verified that its append-only file is on (appendonly yes)');
  if (!facts.aof) {
    problems.push(
      'its append-only file is off, so a restart loses data: set `appendonly yes` in redis.conf ' +
        '(or CONFIG SET appendonly yes), or ask for a volatile store with --volatile',
    );
  } else if (facts.fsync === undefined)
    notes.push('its appendfsync could not be verified; everysec or always is advised');
  else if (facts.fsync === 'no')
    notes.push('its appendfsync is no, so a power cut may lose half a minute; everysec or always is advised');
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}
