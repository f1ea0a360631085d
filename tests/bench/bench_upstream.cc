#include <csignal>
#include <cstdint>
#include <cstdio>
#include <string>
#include <sys/prctl.h>

#include <CLI/CLI.hpp>

#include "bench/provider.h"

namespace penstock::bench {
namespace {

volatile std::sig_atomic_t stopped = 0;

void stop(int) {
  stopped = 1;
}

int run(int argc, char** argv) {
  CLI::App app("A provider that answers as the request's model says: chat-SIZE, stream-EVENTS.");
  app.footer("Prints {\"port\":NUMBER} when it listens on 127.0.0.1. Ends on SIGTERM and SIGINT.");
  std::uint16_t port = 0;
  std::string certificate;
  std::string key;
  app.add_option("--port", port, "where to listen; left out: a free port");
  CLI::Option* with_key = app.add_option("--tls-key", key, "the certificate's key");
  app.add_option("--tls-certificate", certificate, "speak TLS")->needs(with_key);
  CLI11_PARSE(app, argc, argv);

  const TlsContext tls = certificate.empty() ? nullptr : tls_server(certificate, key);
  const int listener = start_listening(port);
  if (listener < 0 || (!tls && !certificate.empty())) {
    std::fputs("bench_upstream: the port is taken, or the certificate is no good\n", stderr);
    return 1;
  }
  Provider provider(listener, tls.get());
  std::printf("{\"port\":%d}\n", static_cast<int>(port));
  std::fflush(stdout);
  while (stopped == 0) provider.run_once(now() + kSecond);
  return 0;
}

}  // namespace
}  // namespace penstock::bench

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGTERM, penstock::bench::stop);
  std::signal(SIGINT, penstock::bench::stop);
  prctl(PR_SET_TIMERSLACK, 1);  // the kernel's 50 us would show in every pace
  penstock::bench::raise_descriptor_limit();
  return penstock::bench::run(argc, argv);
}
