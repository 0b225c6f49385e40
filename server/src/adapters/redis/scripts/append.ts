import { LOG } from './log.ts';

/**
 * Frames of many callers. Arguments: the number of callers, and for each its fence (name or '', value), the number of
 * its frames, and the frames. Answers four strings a frame: status, and epoch, seq, frame of the head after it.
 */
export const APPEND = `${LOG}
local answer = {}
for _ = 1, tonumber(take()) do
  local fence, value = take(), take()
  local refused = {}
  local fenced = fence ~= '' and (redis.call('HGET', tag .. 'fences', fence) or '0') ~= value
  for _ = 1, tonumber(take()) do
    local frame = take_frame()
    local head = head_of(frame.session)
    -- What follows a refused frame may fit by chance behind frames of somebody else.
    local status = fenced and 'fenced' or refused[frame.session] and 'gap' or place(frame, head)
    if status == 'appended' then
      write_frame(frame)
      head = advance(frame)
    elseif status ~= 'duplicate' then
      refused[frame.session] = true
    end
    local n = #answer
    answer[n + 1], answer[n + 2], answer[n + 3], answer[n + 4] = status, head.epoch, head.seq, head.frame
  end
end
return answer
`;
