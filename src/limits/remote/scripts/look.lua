-- How meters stand. ARGV: for each kind, name, capacity, window, amount (0), begin, end. Reply:
-- status 1, time, then for each 1 and what `show` gives.
local reply = {1, now}
for first = 1, #ARGV, 7 do
  local claim = read_claim(first)
  reply[#reply + 1] = 1
  append_show(reply, claim[1], kinds[claim[1]].load(claim), claim, 0)
end
return reply
