/** Ids by a sorted set and their records, together. Arguments: set, kind, command, from, to, limit. Answers id, v, j a record. */
export const LIST = `
local tag = KEYS[1]
local answer = {}
for _, id in ipairs(redis.call(ARGV[3], tag .. ARGV[1], ARGV[4], ARGV[5], 'LIMIT', 0, ARGV[6])) do
  local record = redis.call('HMGET', tag .. 'r:' .. ARGV[2] .. ':' .. id, 'v', 'j')
  local n = #answer
  answer[n + 1], answer[n + 2], answer[n + 3] = id, record[1], record[2]
end
return answer
`;
