# What every target of the project shares: warnings, sanitizers, the two kinds of target.

add_library(penstock_options INTERFACE)
target_compile_options(penstock_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
target_include_directories(penstock_options INTERFACE ${PROJECT_SOURCE_DIR}/include)
target_include_directories(penstock_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_definitions(penstock_options INTERFACE PENSTOCK_VERSION="${PROJECT_VERSION}")
if(PENSTOCK_SANITIZE)
  target_compile_options(penstock_options INTERFACE
    -fsanitize=${PENSTOCK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(penstock_options INTERFACE -fsanitize=${PENSTOCK_SANITIZE})
  if(PENSTOCK_SANITIZE MATCHES thread)
    # Asio's fences are not modelled by the thread sanitizer; g++ warns at each of them.
    target_compile_options(penstock_options INTERFACE -Wno-tsan)
  endif()
endif()

# penstock_library(NAME SOURCES a.cc b.cc LINKS lower_library ...): the library of one src/ folder.
function(penstock_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(penstock_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(penstock_${name} PUBLIC penstock_options ${ARG_LINKS})
endfunction()

# penstock_test(NAME SOURCES a_test.cc LINKS penstock_x ...): one GoogleTest program; each of its
# tests is a test of ctest.
function(penstock_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name}_test ${ARG_SOURCES})
  target_link_libraries(${name}_test PRIVATE penstock_options ${ARG_LINKS} GTest::gmock GTest::gtest_main)
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name}_test PRIVATE PENSTOCK_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${name}_test TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT 120)
endfunction()
