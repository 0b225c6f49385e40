/**
 * What hangs together in the records and may have been torn apart: counts are counted again, and what waits for a time
 * gets its timer back. Timers may fire too often: each looks at its record before it acts.
 */
export const MEND = `
  UPDATE record SET json = json_set(json,
    '$.liveChildren', (SELECT count(*) FROM index_entry AS of JOIN index_entry AS live
      ON live.ns = of.ns AND live.kind = of.kind AND live.name = 'live' AND live.value = 'yes' AND live.id = of.id
      WHERE of.ns = record.ns AND of.kind = 'session' AND of.name = 'parent' AND of.value = record.id),
    '$.treeLive', (SELECT count(*) FROM index_entry AS of JOIN index_entry AS live
      ON live.ns = of.ns AND live.kind = of.kind AND live.name = 'live' AND live.value = 'yes' AND live.id = of.id
      WHERE of.ns = record.ns AND of.kind = 'session' AND of.name = 'root' AND of.value = record.id))
  WHERE kind = 'session' AND json ->> '$.liveChildren' IS NOT NULL;

  CREATE TEMP TABLE waiting AS SELECT ns, id, json FROM record
    WHERE kind = 'trigger' AND json ->> '$.state.state' IN ('created', 'delivered', 'escalated');
  INSERT OR IGNORE INTO timer (ns, kind, id, name, at)
    SELECT ns, 'trigger', id, 'expire', json ->> '$.expiresAt' FROM waiting WHERE json ->> '$.expiresAt' IS NOT NULL;
  INSERT OR IGNORE INTO timer (ns, kind, id, name, at)
    SELECT ns, 'trigger', id, 'escalate', json ->> '$.escalatesAt' FROM waiting WHERE json ->> '$.escalatesAt' IS NOT NULL;
  INSERT OR IGNORE INTO timer (ns, kind, id, name, at)
    SELECT ns, 'trigger', id, 'snooze', json ->> '$.snoozedUntil' FROM waiting WHERE json ->> '$.snoozedUntil' IS NOT NULL;

  -- What waits for a session that is lost goes to people at once.
  INSERT INTO timer (ns, kind, id, name, at)
    SELECT ns, 'trigger', id, 'escalate', 0 FROM waiting
    WHERE json ->> '$.parentId' IS NOT NULL AND NOT EXISTS (SELECT 1 FROM record AS r
      WHERE r.ns = waiting.ns AND r.kind = 'session' AND r.id = waiting.json ->> '$.parentId')
    ON CONFLICT DO UPDATE SET at = 0;

  INSERT OR IGNORE INTO timer (ns, kind, id, name, at)
    SELECT ns, 'runner', id, 'presence', 0 FROM record
    WHERE kind = 'runner' AND json ->> '$.presence.state' = 'online';
`;
