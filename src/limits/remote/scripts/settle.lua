-- Ends reservations and charges what was used, each once, however often it is told.
--
-- ARGV: process, then settlements: number, id, mode, count, and then in the mode `held`, of what
-- the server has granted, an amount used for each of `count` claims. In the modes `new` and `asked`,
-- of what was granted while the server could not be asked, kind, name, capacity, window, amount
-- used, begin, end for each: that is charged though it was never held. In the mode `part` how much
-- of the only claim is not held any more, and what was used of that. `asked`: the server was
-- asked, and its answer not heard. The numbers of a process grow; one that is not above the last
-- was told before. Reply: how many of them gave something back.
local key = base .. 'p:' .. ARGV[1]
local last = tonumber(call('GET', key) or 0)

local function charge(id, claim)
  local kind = kinds[claim[1]]
  if claim[1] ~= 's' then kind.settle(kind.load(claim), claim, id, 0, claim[5]) end
end

local function settle_part(id, reservation, held, used)
  local claim = reservation.claims[1]
  local kind = kinds[claim[1]]
  if reservation.reaped then
    if used > held then kind.settle(kind.load(claim), claim, id .. '+', 0, used - held) end
    return false
  end
  kind.settle(kind.load(claim), claim, id, held, used)
  claim[5] = math.max(0, claim[5] - held)
  write_reservation(id, reservation)
  return used < held
end

local function settle_claims(id, reservation, used)
  local released = false
  for i, claim in ipairs(reservation.claims) do
    local kind = kinds[claim[1]]
    if not reservation.reaped then
      released = kind.settle(kind.load(claim), claim, id, claim[5], used[i] or 0) or released
    elseif (used[i] or 0) > claim[5] and claim[1] ~= 's' then
      kind.settle(kind.load(claim), claim, id .. '+', 0, used[i] - claim[5])
    end
  end
  end_reservation(id)
  return released
end

local released = 0
local at = 2
while at <= #ARGV do
  local number, id = tonumber(ARGV[at]), ARGV[at + 1]
  local mode, count = ARGV[at + 2], tonumber(ARGV[at + 3])
  at = at + 4
  local claims, used = {}, {}
  for i = 1, mode == 'part' and 2 or count do
    if mode == 'held' or mode == 'part' then
      used[i] = tonumber(ARGV[at])
      at = at + 1
    else
      claims[i] = read_claim(at)
      used[i] = claims[i][5]
      at = at + 7
    end
  end
  if number > last then
    last = number
    call('SET', key, whole(number), 'PX', 86400000)
    local reservation = read_reservation(id)
    if mode == 'part' then
      if reservation and reservation.claims then
        if settle_part(id, reservation, used[1], used[2]) then released = released + 1 end
      end
    elseif reservation and reservation.claims then
      if settle_claims(id, reservation, used) then released = released + 1 end
    elseif mode ~= 'held' and not reservation then
      for _, claim in ipairs(claims) do charge(id, claim) end
    end
    -- A request to hold may still be on its way on a connection that was given up.
    if mode == 'asked' then call('SET', base .. 'r:' .. id, '', 'PX', 600000) end
  end
end
return released
