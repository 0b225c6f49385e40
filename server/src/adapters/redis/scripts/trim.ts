/**
 * Removes the frames of a log up to a position, but never the one at its head. Arguments: session, epoch, seq.
 * By id and not by number: what is removed ends exactly where it is said to end.
 */
export const TRIM = `
local tag, log, head = KEYS[1], KEYS[1] .. 'log:' .. ARGV[1], KEYS[1] .. 'head:' .. ARGV[1]
local ends = redis.call('HMGET', head, 'epoch', 'seq')
if not ends[1] then return 0 end
local last = redis.call('XREVRANGE', log, ARGV[2] .. '-' .. ARGV[3], '-', 'COUNT', 1)[1]
if last and last[1] == ends[1] .. '-' .. ends[2] then
  last = redis.call('XREVRANGE', log, '(' .. last[1], '-', 'COUNT', 1)[1]
end
if not last then return 0 end
redis.call('HSET', head, 'trimmed', last[1])
local epoch, seq = string.match(last[1], '^(%d+)-(%d+)$')
return redis.call('XTRIM', log, 'MINID', '=', epoch .. '-' .. string.format('%.0f', tonumber(seq) + 1))
`;
