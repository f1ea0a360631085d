-- Keeps reservations from being charged in full: their owner lives.
--
-- ARGV: lease (us), ids. Reply: how many there are.
local lease = tonumber(ARGV[1])
local renewed = 0
for i = 2, #ARGV do
  local id = ARGV[i]
  local reservation = read_reservation(id)
  if reservation and reservation.claims and not reservation.reaped then
    renewed = renewed + 1
    write_reservation(id, reservation, lease)
    for _, claim in ipairs(reservation.claims) do
      local kind, name = claim[1], claim[2]
      local keep = whole(lifetime(claim))
      if kind == 's' then
        call('ZADD', base .. 's:' .. name, 'XX', whole(now + lease), id)
      end
      if kind == 'c' then
        call('PEXPIRE', base .. 'c:' .. whole(claim[6]) .. ':' .. name, keep)
      else
        call('PEXPIRE', base .. kind .. ':' .. name, keep)
        call('PEXPIRE', base .. kind .. '#' .. name, keep)
      end
    end
  end
end
return renewed
