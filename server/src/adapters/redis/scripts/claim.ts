/** Moves the earliest due timers. Arguments: now, until, limit. Answers member and due time of each. */
export const CLAIM = `
local key = KEYS[1] .. 'timers'
local due = redis.call('ZRANGEBYSCORE', key, '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[3])
for i = 1, #due, 2 do redis.call('ZADD', key, ARGV[2], due[i]) end
return due
`;
