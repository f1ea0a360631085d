# Files that travel inside the program, so that it needs none beside it.
#
# penstock_embed(SOURCE_VARIABLE HEADER a/b.h NAMESPACE x FILES one.json two.json) puts into
# SOURCE_VARIABLE the name of a C++ source made at build time. It defines what HEADER declares in
# the namespace penstock::x:
#
#   std::string_view builtin(std::string_view name);   // by the file's name without its extension
#
# The work is done by this same file, run as a script:
# cmake -DOUTPUT=... -DHEADER=... -DNAMESPACE=... -DINPUTS=one.json,two.json -P embed.cmake

if(CMAKE_SCRIPT_MODE_FILE)
  string(REPLACE "," ";" inputs "${INPUTS}")
  set(source "// Made by embed.cmake.\n#include \"${HEADER}\"\n\n")
  string(APPEND source "namespace penstock::${NAMESPACE} {\n\n")
  string(APPEND source "std::string_view builtin(std::string_view name) {\n")
  foreach(input IN LISTS inputs)
    get_filename_component(name "${input}" NAME_WE)
    file(READ "${input}" text)
    string(APPEND source "  if (name == \"${name}\") {\n    return R\"embedded(${text})embedded\";\n  }\n")
  endforeach()
  string(APPEND source "  return {};\n}\n\n}  // namespace penstock::${NAMESPACE}\n")
  file(WRITE "${OUTPUT}" "${source}")
  return()
endif()

set(PENSTOCK_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(penstock_embed source_variable)
  cmake_parse_arguments(ARG "" "HEADER;NAMESPACE" "FILES" ${ARGN})
  list(JOIN ARG_FILES "," inputs)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/builtin.cc)
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${source} -DHEADER=${ARG_HEADER} -DNAMESPACE=${ARG_NAMESPACE}
            -DINPUTS=${inputs} -P ${PENSTOCK_EMBED_SCRIPT}
    DEPENDS ${ARG_FILES} ${PENSTOCK_EMBED_SCRIPT}
    COMMENT "Embedding the built-in files of ${ARG_NAMESPACE}"
    VERBATIM)
  set(${source_variable} ${source} PARENT_SCOPE)
endfunction()
