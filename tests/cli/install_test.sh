#!/usr/bin/env bash
# install_test.sh BUILD
#
# The manual page and the completions are installed where `man` and the shells look for them, and
# are those of the program that is installed with them.

set -euo pipefail
folder=$(mktemp -d "${TMPDIR:-/tmp}/penstock-test-XXXXXX")
trap 'rm -rf "$folder"' EXIT

for component in program manual; do
  cmake --install "$1" --component "$component" --prefix "$folder" >/dev/null
done
program=$folder/bin/penstock
cmp <("$program" man) "$folder/share/man/man1/penstock.1"
cmp <("$program" completion bash) "$folder/share/bash-completion/completions/penstock"
cmp <("$program" completion zsh) "$folder/share/zsh/site-functions/_penstock"
cmp <("$program" completion fish) "$folder/share/fish/vendor_completions.d/penstock.fish"
