-- The server's own time in microseconds: the clocks of the processes may differ, this is one.
local function server_time()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
