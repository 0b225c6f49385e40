/**
 * The part that the append and the commit script share: where a log ends, how a frame stands to it, and writing it down and
 * publishing it on its session's channel. Both scripts begin with an argument for that: the channel.
 * Numbers stay the strings they came as; Lua would print large ones rounded.
 */
export const LOG = `
local tag = KEYS[1]
local cursor = 0
local function take()
  cursor = cursor + 1
  return ARGV[cursor]
end

-- What the name of every session's channel begins with.
local channel = take()

local heads = {}
local function head_of(session)
  local head = heads[session]
  if not head then
    local found = redis.call('HMGET', tag .. 'head:' .. session, 'epoch', 'seq', 'frame')
    head = { epoch = found[1] or '0', seq = found[2] or '0', frame = found[3] or '' }
    heads[session] = head
  end
  return head
end

local function take_frame()
  return {
    session = take(), epoch = take(), first = take(), last = take(), id = take(), kind = take(), body = take()
  }
end

-- Whether what the frame holds was there once and has been trimmed away.
local function is_trimmed(frame)
  local trimmed = redis.call('HGET', tag .. 'head:' .. frame.session, 'trimmed')
  if not trimmed then return false end
  local epoch, seq = string.match(trimmed, '^(%d+)-(%d+)$')
  if tonumber(frame.epoch) ~= tonumber(epoch) then return tonumber(frame.epoch) < tonumber(epoch) end
  return tonumber(frame.last) <= tonumber(seq)
end

local function place(frame, head)
  local epoch, first = tonumber(frame.epoch), tonumber(frame.first)
  local head_epoch, head_seq = tonumber(head.epoch), tonumber(head.seq)
  if epoch > head_epoch then
    if first == 1 then return 'appended' end
    return 'gap'
  end
  if epoch == head_epoch and first == head_seq + 1 then return 'appended' end
  if epoch == head_epoch and first > head_seq then return 'gap' end
  if frame.id == head.frame and epoch == head_epoch and frame.last == head.seq then return 'duplicate' end
  local at = frame.epoch .. '-' .. frame.last
  local there = redis.call('XRANGE', tag .. 'log:' .. frame.session, at, at)[1]
  if there and there[2][2] == frame.id then return 'duplicate' end
  if is_trimmed(frame) then return 'duplicate' end
  if epoch < head_epoch then return 'stale_epoch' end
  return 'forked'
end

local function advance(frame)
  local head = { epoch = frame.epoch, seq = frame.last, frame = frame.id }
  heads[frame.session] = head
  return head
end

local function write_frame(frame)
  redis.call('XADD', tag .. 'log:' .. frame.session, frame.epoch .. '-' .. frame.last,
    'id', frame.id, 'first', frame.first, 'kind', frame.kind, 'body', frame.body)
  redis.call('HSET', tag .. 'head:' .. frame.session, 'epoch', frame.epoch, 'seq', frame.last, 'frame', frame.id)
  local about = table.concat({ frame.id, frame.epoch, frame.first, frame.last, frame.kind }, ' ')
  redis.call('PUBLISH', channel .. frame.session, about .. '\\n' .. frame.body)
end
`;
