-- Holds an amount in every meter, or in none.
--
-- ARGV: id, lease (us), care (a digit for each claim; 0: take, 1: only if ample), then for each claim
-- kind, name, capacity, window, amount, begin, end, and for a calendar's the end of the period behind
-- it; else 0.
-- Reply: status, time, then for each claim room enough (1 or 0) and what `show` gives. Status: 1
-- held, 0 too little is left, 2 the limit is not far away, 3 the time is in another period, 4 the
-- id was settled already.
local id, lease, care = ARGV[1], tonumber(ARGV[2]), ARGV[3]

reap(8)

local function answer(status, claims, states, fits)
  local reply = {status, now}
  for i, claim in ipairs(claims) do
    reply[#reply + 1] = fits[i] and 1 or 0
    append_show(reply, claim[1], states[i], claim, fits[i] and 0 or claim[5])
  end
  return reply
end

local existing = read_reservation(id)
if existing and not existing.claims then return {4, now} end
if existing then  -- its first answer was lost
  local states, fits = {}, {}
  for i, claim in ipairs(existing.claims) do
    states[i] = kinds[claim[1]].load(claim)
    fits[i] = true
  end
  return answer(1, existing.claims, states, fits)
end

local claims, states, fits = {}, {}, {}
for first = 4, #ARGV, 8 do
  local claim = read_claim(first)
  if claim[1] == 'c' then
    if now >= claim[7] then
      claim[6], claim[7] = claim[7], tonumber(ARGV[first + 7])
    end
    if now < claim[6] or now >= claim[7] then return {3, now} end
  end
  claims[#claims + 1] = claim
end

local status = 1
for i, claim in ipairs(claims) do
  local kind = kinds[claim[1]]
  states[i] = kind.load(claim)
  local left = kind.room(states[i], claim) - claim[5]
  fits[i] = left >= 0
  if not fits[i] then
    status = 0
  elseif care:byte(i) == 49 and 8 * left < 7 * claim[3] and status == 1 then
    status = 2
  end
end
if status == 0 and care:find('1', 1, true) then status = 2 end
if status ~= 1 then return answer(status, claims, states, fits) end

for i, claim in ipairs(claims) do
  local kind = kinds[claim[1]]
  kind.take(states[i], claim, claim[5])
  kind.save(states[i], claim, id, claim[5], lease)
end
write_reservation(id, {claims = claims}, lease)
return answer(1, claims, states, fits)
