# The manual page and the completions of shells. The program makes them from its own parser, so they
# come with every build of it and cannot fall behind. A program with sanitizers is not shipped.
include(GNUInstallDirs)
install(TARGETS penstock COMPONENT program)
if(PENSTOCK_SANITIZE)
  return()
endif()

set(manual ${PROJECT_BINARY_DIR}/manual)
file(MAKE_DIRECTORY ${manual})
add_custom_command(TARGET penstock POST_BUILD
  COMMAND $<TARGET_FILE:penstock> man > ${manual}/penstock.1
  COMMAND $<TARGET_FILE:penstock> completion bash > ${manual}/penstock
  COMMAND $<TARGET_FILE:penstock> completion zsh > ${manual}/_penstock
  COMMAND $<TARGET_FILE:penstock> completion fish > ${manual}/penstock.fish
  BYPRODUCTS ${manual}/penstock.1 ${manual}/penstock ${manual}/_penstock ${manual}/penstock.fish)

install(FILES ${manual}/penstock.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT manual)
install(FILES ${manual}/penstock
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT manual)
install(FILES ${manual}/_penstock
  DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT manual)
install(FILES ${manual}/penstock.fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT manual)
