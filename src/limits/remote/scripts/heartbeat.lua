-- A process lives. ARGV: process. Reply: how many processes do.
local day = 86400000
local state = read_numbers(base .. 'h', {'t', 'g'})
local grace = state[2] or 0
if state[1] and now - state[1] >= 5 * second then grace = now + 10 * second end
call('HSET', base .. 'h', 't', whole(now), 'g', whole(grace))
call('PEXPIRE', base .. 'h', day)
call('ZADD', base .. 'n', whole(now), ARGV[1])
call('ZREMRANGEBYSCORE', base .. 'n', '-inf', whole(now - 5 * second))
call('PEXPIRE', base .. 'n', day)
reap(64)
return call('ZCARD', base .. 'n')
