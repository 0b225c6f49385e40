import { LOG } from './log.ts';

/**
 * One unit, all or nothing: every condition is checked before the first write. The arguments are lists, each after its
 * length, in the order in which they are read here; commit.ts beside the store writes them. Values are opaque strings.
 */
export const COMMIT = `${LOG}
local function take_list(read)
  local list = {}
  for i = 1, tonumber(take()) do list[i] = read() end
  return list
end

local fences = take_list(function() return { name = take(), value = take() } end)
local expects = take_list(function() return { ref = take(), version = take() } end)
local puts = take_list(function()
  return { kind = take(), ref = take(), id = take(), expect = take(), json = take(), indexes = take_list(take) }
end)
local removes = take_list(function() return { kind = take(), ref = take(), id = take(), expect = take() } end)
local frames = take_list(take_frame)
local cleared = take_list(take)
local timers = take_list(function() return { member = take(), at = take() } end)
local raised = take_list(function() return { session = take(), to = take() } end)
local items = take_list(function() return { session = take(), json = take() } end)
local dropped = take_list(take)

-- Check.

for _, fence in ipairs(fences) do
  if (redis.call('HGET', tag .. 'fences', fence.name) or '0') ~= fence.value then return { 'fenced' } end
end

local versions = {}
local function version_of(ref)
  if not versions[ref] then versions[ref] = tonumber(redis.call('HGET', tag .. 'r:' .. ref, 'v') or '0') end
  return versions[ref]
end
for _, one in ipairs(expects) do
  if version_of(one.ref) ~= tonumber(one.version) then return { 'conflict', one.ref } end
end
for _, put in ipairs(puts) do
  if version_of(put.ref) ~= tonumber(put.expect) then return { 'conflict', put.ref } end
  versions[put.ref] = versions[put.ref] + 1
end
for _, one in ipairs(removes) do
  if version_of(one.ref) ~= tonumber(one.expect) then return { 'conflict', one.ref } end
  versions[one.ref] = 0
end
for _, frame in ipairs(frames) do
  local head = head_of(frame.session)
  local status = place(frame, head)
  if status ~= 'appended' then return { 'rejected', frame.session, status, head.epoch, head.seq, head.frame } end
  advance(frame)
end

-- Write.

local function unindex(packed, id, keep)
  if not packed then return end
  for _, path in ipairs(cmsgpack.unpack(packed)) do
    if not keep[path] then redis.call('ZREM', tag .. 'i:' .. path, id) end
  end
end
local function packed_of(ref) return redis.call('HGET', tag .. 'r:' .. ref, 'ix') end
-- Most puts leave the indexes as they are.
local function reindex(put, packed)
  local before = packed_of(put.ref)
  if before == packed then return end
  local keep = {}
  for _, path in ipairs(put.indexes) do keep[path] = true end
  unindex(before, put.id, keep)
  for _, path in ipairs(put.indexes) do redis.call('ZADD', tag .. 'i:' .. path, 0, put.id) end
end
for _, put in ipairs(puts) do
  local packed = cmsgpack.pack(put.indexes)
  reindex(put, packed)
  if put.expect == '0' then redis.call('ZADD', tag .. 'k:' .. put.kind, 0, put.id) end
  redis.call('HSET', tag .. 'r:' .. put.ref,
    'v', string.format('%.0f', tonumber(put.expect) + 1), 'j', put.json, 'ix', packed)
end
for _, one in ipairs(removes) do
  unindex(packed_of(one.ref), one.id, {})
  redis.call('ZREM', tag .. 'k:' .. one.kind, one.id)
  redis.call('DEL', tag .. 'r:' .. one.ref)
end
for _, member in ipairs(cleared) do redis.call('ZREM', tag .. 'timers', member) end
for _, timer in ipairs(timers) do redis.call('ZADD', tag .. 'timers', timer.at, timer.member) end
for _, frame in ipairs(frames) do write_frame(frame) end
for _, one in ipairs(raised) do
  local given = redis.call('HGET', tag .. 'head:' .. one.session, 'inbox') or '0'
  if tonumber(given) < tonumber(one.to) then redis.call('HSET', tag .. 'head:' .. one.session, 'inbox', one.to) end
end
local answer = { 'committed' }
for _, item in ipairs(items) do
  local position = redis.call('HINCRBY', tag .. 'head:' .. item.session, 'inbox', 1)
  redis.call('XADD', tag .. 'inbox:' .. item.session, string.format('%.0f-0', position), 'item', item.json)
  answer[#answer + 1] = position
end
for _, session in ipairs(dropped) do
  redis.call('DEL', tag .. 'head:' .. session, tag .. 'log:' .. session, tag .. 'inbox:' .. session)
end
return answer
`;
