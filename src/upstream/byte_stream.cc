#include "upstream/byte_stream.h"

#include <algorithm>

namespace penstock::upstream {

Result<std::optional<Chunk>> ByteStream::read(Deadline deadline) {
  deadline.at = std::min({deadline.at, until_, clock_.recent() + idle_});
  const std::string_view bytes = TRY(reader_.read(deadline));
  if (bytes.empty()) return std::optional<Chunk>{};
  return std::optional<Chunk>(Chunk{bytes});
}

}  // namespace penstock::upstream
