#include "config/interpolate.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/support.h"
#include "config/yaml.h"

namespace penstock::config::testing {
namespace {

using ::testing::HasSubstr;

struct Interpolated {
  Node root;
  std::string errors;
  std::vector<std::string> files;
};

Interpolated interpolate_text(const std::string& yaml, const std::string& file = "p.yaml") {
  Diagnostics diagnostics;
  Interpolated done;
  done.root = parse_yaml(yaml, file, diagnostics).value();
  FileList files;
  interpolate(done.root, {environment, files}, diagnostics);
  done.files = files.take();
  done.errors = to_text(diagnostics);
  return done;
}

struct Case {
  const char* written;
  const char* read;
};

class Interpolation : public ::testing::TestWithParam<Case> {};

TEST_P(Interpolation, CompletesTheText) {
  const auto done = interpolate_text("'" + std::string(GetParam().written) + "'");
  EXPECT_EQ(done.errors, "");
  EXPECT_EQ(done.root.scalar, GetParam().read);
}

INSTANTIATE_TEST_SUITE_P(
    Scalars, Interpolation,
    ::testing::Values(Case{"${PORT}", "4100"}, Case{"a${PORT}b${CI_KEY}c", "a4100bck-1c"},
                      Case{"${PORT}${PORT}", "41004100"}, Case{"${EMPTY}", ""},
                      Case{"${UNSET:-fall back: 1}", "fall back: 1"}, Case{"${UNSET:-}", ""},
                      Case{"${EMPTY:-full}", "full"}, Case{"${PORT:-other}", "4100"},
                      Case{"${PORT:?needed}", "4100"}, Case{"${UNSET:-:-x}", ":-x"},
                      Case{"${UNSET:-a$b}", "a$b"}, Case{"$$", "$"}, Case{"$${PORT}", "${PORT}"},
                      Case{"$$$${PORT}", "$${PORT}"}, Case{"$$${PORT}", "$4100"},
                      Case{"a$b $ $", "a$b $ $"}, Case{"}{", "}{"}, Case{"${DOLLARS}", "${PORT}$$"},
                      Case{"${YAML}", "[a, b]"}));

struct Failure {
  const char* written;
  const char* message;
};

class FailedInterpolation : public ::testing::TestWithParam<Failure> {};

TEST_P(FailedInterpolation, SaysWhyAndWhatHelps) {
  const auto done = interpolate_text("key: '" + std::string(GetParam().written) + "'");
  EXPECT_EQ(done.errors, "p.yaml:1:6: key: " + std::string(GetParam().message) + "\n");
  EXPECT_EQ(done.root.members[0].second.scalar, GetParam().written);
}

constexpr const char* kForms =
    "expected ${VAR}, ${VAR:-default}, ${VAR:?message} or ${file:PATH}; write `$$` for a dollar "
    "sign";
INSTANTIATE_TEST_SUITE_P(
    Scalars, FailedInterpolation,
    ::testing::Values(
        Failure{"${UNSET}",
                "environment variable `UNSET` is not set; set it, or write ${UNSET:-default}"},
        Failure{"${UNSET:?}",
                "environment variable `UNSET` is not set; set it, or write ${UNSET:-default}"},
        Failure{"${UNSET:?run setup first}",
                "environment variable `UNSET` is not set: run setup first"},
        Failure{"${EMPTY:?run setup first}",
                "environment variable `EMPTY` is empty: run setup first"},
        Failure{"a ${PORT", "`${` is not closed by `}`; write `$$` for a dollar sign"},
        Failure{"${", "`${` is not closed by `}`; write `$$` for a dollar sign"},
        Failure{"${}", kForms}, Failure{"${ PORT }", kForms}, Failure{"${1A}", kForms},
        Failure{"${PORT-x}", kForms}, Failure{"${PORT:x}", kForms}, Failure{"${A.B}", kForms},
        Failure{"${UNSET:-${PORT}}", "`${` inside of `${...}` is not supported"},
        Failure{"${file:}", "`${file:}` names no file"}));

TEST(InterpolatedText, IsNeverReadAsYaml) {
  const auto done = interpolate_text("{list: \"${YAML}\", nothing: \"${UNSET:-null}\"}");
  EXPECT_EQ(done.root.members[0].second.kind, Node::Kind::kScalar);
  EXPECT_EQ(done.root.members[1].second.kind, Node::Kind::kScalar);
}

TEST(InterpolatedText, ComesIntoValuesAndListsButNotIntoKeys) {
  const auto done = interpolate_text("\"${PORT}\": [\"${PORT}\", {a: \"${PORT}\"}]");
  const auto& [key, list] = done.root.members[0];
  EXPECT_EQ(key.scalar, "${PORT}");
  EXPECT_EQ(list.items[0].scalar, "4100");
  EXPECT_EQ(list.items[1].members[0].second.scalar, "4100");
}

TEST(InterpolatedFile, LosesOneLineEnd) {
  for (const auto& [content, text] : {std::pair{"secret\n", "secret"},
                                      {"secret\r\n", "secret"},
                                      {"secret", "secret"},
                                      {"two\nlines\n\n", "two\nlines\n"},
                                      {"${PORT}\n", "${PORT}"},
                                      {"", ""}}) {
    const TemporaryFile file(content);
    const auto done = interpolate_text("'<${file:" + file.path() + "}>'");
    EXPECT_EQ(done.errors, "");
    EXPECT_EQ(done.root.scalar, "<" + std::string(text) + ">");
  }
}

TEST(InterpolatedFile, IsLookedForBesideTheConfiguration) {
  const TemporaryFile file("beside\n");
  const std::filesystem::path path(file.path());
  const auto done = interpolate_text("'${file:" + path.filename().string() + "}'",
                                     (path.parent_path() / "penstock.yaml").string());
  EXPECT_EQ(done.errors, "");
  EXPECT_EQ(done.root.scalar, "beside");
  EXPECT_EQ(done.files, std::vector<std::string>{file.path()});
}

TEST(InterpolatedFile, IsNamedWithTheReasonWhenItCannotBeRead) {
  EXPECT_EQ(interpolate_text("'${file:/nowhere/key}'").errors,
            "p.yaml:1:1: cannot read `/nowhere/key`: No such file or directory\n");
  EXPECT_EQ(interpolate_text("'${file:/}'").errors,
            "p.yaml:1:1: cannot read `/`: Is a directory\n");
}

TEST(InterpolatedFile, IsAtMost64KibibytesLong) {
  const TemporaryFile fits(std::string(64 << 10, 'x'));
  EXPECT_EQ(interpolate_text("'${file:" + fits.path() + "}'").errors, "");
  const TemporaryFile longer(std::string((64 << 10) + 1, 'x'));
  EXPECT_THAT(interpolate_text("'${file:" + longer.path() + "}'").errors,
              HasSubstr("it is longer than 64 KiB"));
}

}  // namespace
}  // namespace penstock::config::testing
