-- Holds more for a reservation, in every meter or in none.
--
-- ARGV: id, lease (us), an amount for each of its claims. Reply: as of reserve.lua; status 4: there
-- is no such reservation any more.
local id, lease = ARGV[1], tonumber(ARGV[2])

local reservation = read_reservation(id)
if not reservation or not reservation.claims or reservation.reaped then return {4, now} end

local states, status = {}, 1
local reply = {status, now}
for i, claim in ipairs(reservation.claims) do
  local kind = kinds[claim[1]]
  local more = tonumber(ARGV[2 + i])
  states[i] = kind.load(claim)
  if more > 0 and kind.room(states[i], claim) < more then status = 0 end
end
if status == 1 then
  for i, claim in ipairs(reservation.claims) do
    local kind = kinds[claim[1]]
    local more = tonumber(ARGV[2 + i])
    if more > 0 then
      kind.take(states[i], claim, more)
      kind.save(states[i], claim, id, more, lease)
      claim[5] = claim[5] + more
    end
  end
  write_reservation(id, reservation, lease)
end
reply[1] = status
for i, claim in ipairs(reservation.claims) do
  reply[#reply + 1] = 1
  append_show(reply, claim[1], states[i], claim, 0)
end
return reply
