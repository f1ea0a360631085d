#include "limits/remote/world.h"

#include <fstream>
#include <sstream>

namespace penstock::limits::test {

std::string Process::words() const {
  log->flush();
  std::ifstream file(folder.path() + "/log");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

RemoteOptions RemoteWorld::options() {
  RemoteOptions options;
  options.clock_script =
      "local function server_time()\n"
      "  return tonumber(redis.call('GET', KEYS[1] .. 'now') or 0)\n"
      "end\n";
  // Sanitizers and a busy machine are slow.
  options.timeout = penstock::test::kPatience;
  options.hold = std::chrono::hours(10'000);
  return options;
}

RemoteWorld::RemoteWorld(RemoteOptions options)
    : process_((set_time(), server_), clock, std::move(options)) {}

void RemoteWorld::pass(milliseconds time) {
  now_ += time;
  clock.advance(time);
  set_time();
}

void RemoteWorld::let_server_sleep(milliseconds time) {
  now_ += time;
  clock.advance(time);
  server_.command({"SET", "{penstock}:now", microseconds()});
}

/// A step of the clock looks like a server that was away, which would spare the reservations that
/// expired meanwhile; here it was not.
void RemoteWorld::set_time() {
  server_.command({"SET", "{penstock}:now", microseconds()});
  server_.command({"HSET", "{penstock}:h", "t", microseconds(), "g", "0"});
}

std::string RemoteWorld::microseconds() const {
  return std::to_string(
      std::chrono::duration_cast<std::chrono::microseconds>(now_.time_since_epoch()).count());
}

}  // namespace penstock::limits::test
