# What every target of the project shares: warnings, hardening, sanitizers, the two kinds of target.

add_library(penstock_options INTERFACE)
target_compile_options(penstock_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 sees overlaps and overruns inside std::string that are not there (GCC bugs 105329, 105651).
  target_compile_options(penstock_options INTERFACE
    -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
endif()
target_include_directories(penstock_options INTERFACE ${PROJECT_SOURCE_DIR}/include)
target_include_directories(penstock_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_definitions(penstock_options INTERFACE PENSTOCK_VERSION="${PROJECT_VERSION}")
if(PENSTOCK_SANITIZE)
  target_compile_options(penstock_options INTERFACE
    -fsanitize=${PENSTOCK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(penstock_options INTERFACE -fsanitize=${PENSTOCK_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # With sanitizers g++ 12 sees uninitialised members inside std::regex (GCC bug 105562).
    target_compile_options(penstock_options INTERFACE -Wno-maybe-uninitialized)
    if(PENSTOCK_SANITIZE MATCHES thread)
      # Asio's fences are not modelled by the thread sanitizer; g++ warns at each of them.
      target_compile_options(penstock_options INTERFACE -Wno-tsan)
    endif()
  endif()
endif()

# What is shipped is hardened: a position-independent program whose relocations are read-only before
# main starts, with canaries and probes on the stack, and with the C library's checks of sizes.
# Sanitizers bring checks of their own, and _FORTIFY_SOURCE needs optimisation. Not left to
# POSITION_INDEPENDENT_CODE, which gives libraries another flag than programs.
set(PENSTOCK_HARDENED OFF)
if(CMAKE_BUILD_TYPE MATCHES "^(Release|RelWithDebInfo|MinSizeRel)$" AND NOT PENSTOCK_SANITIZE)
  set(PENSTOCK_HARDENED ON)
  target_compile_options(penstock_options INTERFACE
    -fPIE -fstack-protector-strong -fstack-clash-protection -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|amd64|AMD64)$")
    target_compile_options(penstock_options INTERFACE -fcf-protection)
  endif()
  target_link_options(penstock_options INTERFACE
    -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
endif()

# Headers that most files include and that are dear to read: precompiled once, which makes a build
# four times faster. Flags and definitions must be the same for every target, hence these links here.
target_link_libraries(penstock_options INTERFACE simdjson::simdjson Threads::Threads)
set(PENSTOCK_PRECOMPILED <algorithm> <array> <chrono> <cstdint> <functional> <map> <memory> <optional>
  <string> <string_view> <utility> <variant> <vector> <simdjson.h> <boost/system/result.hpp>)

# The presets for users and pipelines join the sources of a target, ten to a unit (CMAKE_UNITY_BUILD),
# which makes a build twice as fast again; the preset debug compiles each by itself, as suits
# work on a few of them. A source whose own names meet those of its neighbours is listed as ALONE.
# The program that is shipped is made source by source all the same: in larger units g++ 12 inlines
# less, which costs a request 4 % more instructions.
if(CMAKE_UNITY_BUILD)
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 10)
  # Here a source is no longer the main file, where members of an unnamed namespace are allowed.
  target_compile_options(penstock_options INTERFACE -Wno-subobject-linkage)
endif()

# penstock_library(NAME SOURCES a.cc b.cc ALONE c.cc LINKS lower_library ...): the library of one
# src/ folder.
# PRECOMPILED <header> ...: dear headers that most of its sources include, and others do not.
function(penstock_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;ALONE;LINKS;PRECOMPILED" ${ARGN})
  add_library(penstock_${name} STATIC ${ARG_SOURCES} ${ARG_ALONE})
  set_source_files_properties(${ARG_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_link_libraries(penstock_${name} PUBLIC penstock_options ${ARG_LINKS})
  if(name STREQUAL test_support)
    target_precompile_headers(penstock_${name} PRIVATE
      ${PENSTOCK_PRECOMPILED} <nlohmann/json.hpp> <gtest/gtest.h> <gmock/gmock.h>)
  elseif(name STREQUAL base OR ARG_PRECOMPILED)
    target_precompile_headers(penstock_${name} PRIVATE ${PENSTOCK_PRECOMPILED} ${ARG_PRECOMPILED})
  else()
    target_precompile_headers(penstock_${name} REUSE_FROM penstock_base)
  endif()
endfunction()

# penstock_test(NAME SOURCES a_test.cc ALONE b_test.cc LINKS penstock_x ...): one GoogleTest program;
# each of its tests is a test of ctest.
function(penstock_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;ALONE;LINKS" ${ARGN})
  add_executable(${name}_test ${ARG_SOURCES} ${ARG_ALONE})
  set_source_files_properties(${ARG_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_link_libraries(${name}_test PRIVATE penstock_options ${ARG_LINKS} GTest::gmock GTest::gtest_main)
  target_precompile_headers(${name}_test REUSE_FROM penstock_test_support)
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name}_test PRIVATE PENSTOCK_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${name}_test NO_PRETTY_VALUES TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT 120)
endfunction()
