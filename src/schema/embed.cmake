# Writes OUTPUT, a C++ source that defines penstock::schema::builtin over the files in INPUTS.
# Run as a script: cmake -DOUTPUT=... -DINPUTS=a.json,b.json -P embed.cmake
string(REPLACE "," ";" inputs "${INPUTS}")
set(source "// Made by embed.cmake from config/schemas.\n#include \"schema/builtin.h\"\n\n")
string(APPEND source "namespace penstock::schema {\n\n")
string(APPEND source "std::string_view builtin(std::string_view name) {\n")
foreach(input IN LISTS inputs)
  get_filename_component(name "${input}" NAME_WE)
  file(READ "${input}" text)
  string(APPEND source "  if (name == \"${name}\") {\n    return R\"json(${text})json\";\n  }\n")
endforeach()
string(APPEND source "  return {};\n}\n\n}  // namespace penstock::schema\n")
file(WRITE "${OUTPUT}" "${source}")
