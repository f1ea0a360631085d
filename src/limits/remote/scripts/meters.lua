-- What all scripts share: the meters by kind, and the reservations.
--
-- KEYS[1] begins every key: "{prefix}:". The braces make all keys fall into one slot of a cluster,
-- so the scripts may touch keys that they make up themselves. Lua's numbers are doubles: every
-- number here is a whole one below 2^53, which they hold exactly. Times are in microseconds.
--
--   b:<name>           hash a, o, r, t: a bucket: available, outstanding (held), rest, refilled at
--   c:<begin>:<name>   hash u, h: a period of a calendar: used, held
--   l:<name>, s:<name> sorted set of reservations by time: a log, and slots by the end of the lease
--   l#<name>, s#<name> hash of the same reservations' amounts, and their sum
--   r:<id>             a reservation: its claims, each {kind, name, capacity, window, amount,
--                      begin, end}; or '' where the id is not to be used any more
--   q                  sorted set of reservations by the time at which they are charged in full
--   p:<process>        the number of the last settlement of that process
--   n                  sorted set of processes by the time of their last heartbeat
--   h                  hash t, g: the last heartbeat of anybody, and how long nobody is reaped

local base = KEYS[1]
local call = redis.call
local now = server_time()
local second = 1000000

local function whole(number)
  return string.format('%.0f', number)
end

-- floor((x * y + rest) / z) and what remains, exact also where the product is not: for x and rest
-- below z, z below 2^45, y below 2^49.
local function times_over(x, y, z, rest)
  local sum = x * y + rest
  if sum < 9007199254740992 then
    local left = math.fmod(sum, z)
    return (sum - left) / z, left
  end
  local quotient, left = 0, 0
  for shift = 42, 0, -7 do
    local digit = math.fmod(math.floor(y / 2 ^ shift), 128)
    sum = left * 128 + x * digit
    left = math.fmod(sum, z)
    quotient = quotient * 128 + (sum - left) / z
  end
  sum = left + rest
  left = math.fmod(sum, z)
  return quotient + (sum - left) / z, left
end

-- How long, in milliseconds, a key has to outlive its last write: what it says must be forgotten
-- by then anyway. A meter whose key is gone counts as untouched.
local function lifetime(claim)
  if claim[1] == 'c' then
    return math.ceil(math.max(claim[7] - now, 0) / 1000) + 86400000
  end
  return math.ceil(2 * claim[4] / 1000) + 3600000
end

local function read_numbers(key, fields)
  local values = call('HMGET', key, unpack(fields))
  for i = 1, #fields do
    values[i] = tonumber(values[i] or nil)
  end
  return values
end

-- A process that lost sight of the server, or a server that stood still, is no reason to take
-- reservations from their owners: they get 10 s to renew them.
local function owners_had_time()
  local state = read_numbers(base .. 'h', {'t', 'g'})
  return state[1] ~= nil and now - state[1] < 5 * second and now >= (state[2] or 0)
end

-- Sorted sets of amounts: logs and slots.

local function drop_until(kind, name, time)
  local times, amounts = base .. kind .. ':' .. name, base .. kind .. '#' .. name
  for _ = 1, 16 do
    local ids = call('ZRANGEBYSCORE', times, '-inf', whole(time), 'LIMIT', 0, 256)
    if #ids == 0 then return end
    local sum = 0
    for _, amount in ipairs(call('HMGET', amounts, unpack(ids))) do
      sum = sum + tonumber(amount or 0)
    end
    call('ZREM', times, unpack(ids))
    call('HDEL', amounts, unpack(ids))
    call('HINCRBY', amounts, 'sum', whole(-sum))
    if #ids < 256 then return end
  end
end

local function load_set(claim)
  local kind, name = claim[1], claim[2]
  if kind == 'l' then
    drop_until(kind, name, now - claim[4])
  elseif owners_had_time() then
    drop_until(kind, name, now)
  end
  local amounts = base .. kind .. '#' .. name
  return {
    times = base .. kind .. ':' .. name,
    amounts = amounts,
    sum = tonumber(call('HGET', amounts, 'sum') or 0),
  }
end

local function put_into_set(state, claim, id, score, amount)
  call('ZADD', state.times, whole(score), id)
  call('HINCRBY', state.amounts, id, whole(amount))
  call('HINCRBY', state.amounts, 'sum', whole(amount))
  call('PEXPIRE', state.times, whole(lifetime(claim)))
  call('PEXPIRE', state.amounts, whole(lifetime(claim)))
end

-- When so much of a log is old enough to be forgotten; 0: not within the thousand oldest.
local function freed_at(state, claim, needed)
  local freed = 0
  for first = 0, 900, 100 do
    local entries = call('ZRANGE', state.times, first, first + 99, 'WITHSCORES')
    for i = 1, #entries, 2 do
      freed = freed + tonumber(call('HGET', state.amounts, entries[i]) or 0)
      if freed >= needed then return tonumber(entries[i + 1]) + claim[4] end
    end
    if #entries < 200 then return 0 end
  end
  return 0
end

-- The kinds of meters. `load` brings a meter up to now without writing what a failed reservation
-- would have to undo. `room` is what could be taken, negative: debt. `take` holds an amount in the
-- state alone, `save` writes it. `settle` ends the hold of `held`, charges `used` and saves; it
-- tells whether something came back. `show` gives three numbers for the process to explain.
local kinds = {}

kinds.b = {
  load = function(claim)
    local capacity, window = claim[3], claim[4]
    local key = base .. 'b:' .. claim[2]
    local values = read_numbers(key, {'a', 'o', 'r', 't'})
    if not values[1] then
      return {key = key, a = capacity, o = 0, r = 0, t = now}
    end
    local state = {key = key, a = values[1], o = values[2], r = values[3], t = values[4]}
    -- A clock that was set back a little catches up; one that is far behind never would.
    if now < state.t - window then state.t = now end
    if now <= state.t then return state end
    -- Two windows lead from the deepest debt to full; more would only overflow.
    local elapsed = math.min(now - state.t, 2 * window)
    local part = math.fmod(capacity, window)
    local more, rest = times_over(part, elapsed, window, state.r)
    state.a = state.a + (capacity - part) / window * elapsed + more
    state.r = rest
    state.t = now
    -- What is held is not refilled: it may come back.
    if state.a >= capacity - state.o then
      state.a, state.r = capacity - state.o, 0
    end
    return state
  end,
  room = function(state) return state.a end,
  take = function(state, claim, amount)
    state.a = state.a - amount
    state.o = state.o + amount
  end,
  save = function(state, claim)
    if state.a == claim[3] and state.o == 0 then
      call('DEL', state.key)
      return
    end
    call('HSET', state.key, 'a', whole(state.a), 'o', whole(state.o), 'r', whole(state.r), 't',
      whole(state.t))
    call('PEXPIRE', state.key, whole(lifetime(claim)))
  end,
  settle = function(state, claim, id, held, used)
    local back = math.min(held, state.o)  -- less only where the meter was lost
    state.o = state.o - back
    state.a = math.max(state.a + back - used, -claim[3])
    kinds.b.save(state, claim)
    return used < held
  end,
  show = function(state) return state.a, state.o, state.r end,
}

kinds.c = {
  load = function(claim)
    local key = base .. 'c:' .. whole(claim[6]) .. ':' .. claim[2]
    local values = read_numbers(key, {'u', 'h'})
    return {key = key, used = values[1] or 0, held = values[2] or 0, capacity = claim[3]}
  end,
  room = function(state) return state.capacity - state.used - state.held end,
  take = function(state, claim, amount) state.held = state.held + amount end,
  save = function(state, claim)
    call('HSET', state.key, 'u', whole(state.used), 'h', whole(state.held))
    call('PEXPIRE', state.key, whole(lifetime(claim)))
  end,
  settle = function(state, claim, id, held, used)
    state.held = math.max(0, state.held - held)
    state.used = math.min(state.used + used, 2 * claim[3])
    kinds.c.save(state, claim)
    return used < held
  end,
  show = function(state, claim) return state.used, state.held, claim[7] end,
}

kinds.l = {
  load = load_set,
  room = function(state, claim) return claim[3] - state.sum end,
  take = function(state, claim, amount) state.sum = state.sum + amount end,
  save = function(state, claim, id, amount)
    put_into_set(state, claim, id, now, amount)
  end,
  -- The amount is corrected where it was taken: in its window and no other.
  settle = function(state, claim, id, held, used)
    local found = tonumber(call('HGET', state.amounts, id) or nil)
    if found == nil and held > 0 then return false end  -- it is too old to count
    local before = found or 0
    local after = math.min(used, math.max(2 * claim[3] - (state.sum - before), 0))
    if after == before then return false end
    if found == nil then
      put_into_set(state, claim, id, now, after)
    else
      call('HINCRBY', state.amounts, id, whole(after - before))
      call('HINCRBY', state.amounts, 'sum', whole(after - before))
    end
    return after < before
  end,
  show = function(state, claim, needed)
    local newest = call('ZRANGE', state.times, -1, -1, 'WITHSCORES')
    local missing = needed - (claim[3] - state.sum)
    local at = 0
    if missing > 0 then at = freed_at(state, claim, missing) end
    return state.sum, at, tonumber(newest[2] or now - claim[4])
  end,
}

kinds.s = {
  load = load_set,
  room = function(state, claim) return claim[3] - state.sum end,
  take = function(state, claim, amount) state.sum = state.sum + amount end,
  save = function(state, claim, id, amount, lease)
    put_into_set(state, claim, id, now + lease, amount)
  end,
  settle = function(state, claim, id)
    local amount = tonumber(call('HGET', state.amounts, id) or nil)
    if amount == nil then return false end
    call('ZREM', state.times, id)
    call('HDEL', state.amounts, id)
    call('HINCRBY', state.amounts, 'sum', whole(-amount))
    return true
  end,
  show = function(state) return state.sum, 0, 0 end,
}

-- Reservations.

local function read_reservation(id)
  local packed = call('GET', base .. 'r:' .. id)
  if not packed then return nil end
  if packed == '' then return {done = true} end
  return cmsgpack.unpack(packed)
end

local function write_reservation(id, reservation, lease)
  local keep = 0
  for _, claim in ipairs(reservation.claims) do
    keep = math.max(keep, lifetime(claim))
  end
  call('SET', base .. 'r:' .. id, cmsgpack.pack(reservation), 'PX', whole(keep + 3600000))
  if lease then
    call('ZADD', base .. 'q', whole(now + lease), id)
    call('PEXPIRE', base .. 'q', 100000000000, 'NX')  -- longer than any reservation is kept
  end
end

local function end_reservation(id)
  call('DEL', base .. 'r:' .. id)
  call('ZREM', base .. 'q', id)
end

-- Charges reservations in full whose owners have not renewed them: nobody knows what they used.
-- An owner that turns up later may only add to that.
local function reap(most)
  local ids = call('ZRANGEBYSCORE', base .. 'q', '-inf', whole(now), 'LIMIT', 0, most)
  if #ids == 0 or not owners_had_time() then return end
  for _, id in ipairs(ids) do
    call('ZREM', base .. 'q', id)
    local reservation = read_reservation(id)
    if reservation and reservation.claims and not reservation.reaped then
      for _, claim in ipairs(reservation.claims) do
        local kind = kinds[claim[1]]
        kind.settle(kind.load(claim), claim, id, claim[5], claim[5])
      end
      reservation.reaped = true
      write_reservation(id, reservation)
      call('PEXPIRE', base .. 'r:' .. id, 3600000)
    end
  end
end

-- A claim of the arguments from ARGV[first] on: kind, name, capacity, window, amount, begin, end.
local function read_claim(first)
  return {
    ARGV[first], ARGV[first + 1], tonumber(ARGV[first + 2]), tonumber(ARGV[first + 3]),
    tonumber(ARGV[first + 4]), tonumber(ARGV[first + 5]), tonumber(ARGV[first + 6]),
  }
end

local function append_show(reply, kind, state, claim, needed)
  local x, y, z = kinds[kind].show(state, claim, needed)
  reply[#reply + 1] = x
  reply[#reply + 1] = y
  reply[#reply + 1] = z
end
