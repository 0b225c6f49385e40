/**
 * Where things lie in Redis. All keys of a namespace begin with its tag `tl:{<ns>}:`, so they share one hash slot and
 * one script may touch any of them (docs/adr/0002). After the tag:
 *
 *     r:<kind>:<id>                    hash   a record: v version, j JSON, ix its index paths (MessagePack)
 *     k:<kind>                         zset   ids of all records of a kind, score 0
 *     i:<kind>:<index>:<value>         zset   ids of the records indexed so, score 0
 *     timers                           zset   <kind>:<name>:<id> by due time in ms
 *     head:<session>                   hash   epoch, seq, frame of the log's end; inbox: the last position given;
 *                                             trimmed: <epoch>-<seq> of the last record that was removed
 *     log:<session>                    stream one entry a frame, id <epoch>-<sequence of its last record>
 *     inbox:<session>                  stream one entry an item, id <position>-0
 *     fences                           hash   name → value
 *
 * Outside of any namespace: the set of namespaces, and the hash `tl:store` that tells one database from another.
 */
import type { Kind, Ref, Timer } from '../../ports/store.ts';

export const NAMESPACES = 'tl:namespaces';
export const STORE = 'tl:store';

export function tagOf(ns: string): string {
  return `tl:{${encodeURIComponent(ns)}}:`;
}

export function refPath({ kind, id }: Ref): string {
  return `${kind}:${id}`;
}

export function indexPath(kind: Kind, index: string, value: string): string {
  return `${kind}:${encodeURIComponent(index)}:${value}`;
}

export function timerMember({ kind, name, id }: Timer): string {
  return `${kind}:${encodeURIComponent(name)}:${id}`;
}

export function parseTimerMember(member: string): Timer {
  const [kind = '', name = ''] = member.split(':', 2);
  return { kind: kind as Kind, name: decodeURIComponent(name), id: member.slice(kind.length + name.length + 2) };
}
