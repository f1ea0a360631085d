# What an installation holds, and the Debian package of it (scripts/package). The paths are those of
# a package: the unit file names /usr/bin and /etc.

install(TARGETS penstock RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES README.md docker/debian/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN *.md)
install(FILES config/penstock.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/penstock)
install(FILES docker/penstock.service DESTINATION lib/systemd/system)

# The installed configuration finds its schema where the package puts it.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS config/penstock.yaml)
file(READ config/penstock.yaml configuration)
string(REPLACE "$schema=./" "$schema=/usr/share/penstock/" configuration "${configuration}")
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/package/penstock.yaml CONTENT "${configuration}" @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/package/penstock.yaml DESTINATION /etc/penstock)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME penstock)
set(CPACK_PACKAGE_VENDOR "The Penstock authors")
set(CPACK_PACKAGE_CONTACT "The Penstock authors <penstock@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "gateway for language models that speaks the API of OpenAI")
set(CPACK_PACKAGE_DESCRIPTION
  "Applications point their OpenAI SDK at it. It passes each request through a chain of
interceptors (edit headers, log, authenticate, validate, limit tokens), forwards it to a
provider, and relays the answer, whole or as a stream.")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Providers are reached by TLS, and their certificates are checked against this store.
# Budgets follow the calendar of a time zone.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, tzdata")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${PROJECT_SOURCE_DIR}/docker/debian/conffiles
  ${PROJECT_SOURCE_DIR}/docker/debian/postinst
  ${PROJECT_SOURCE_DIR}/docker/debian/prerm
  ${PROJECT_SOURCE_DIR}/docker/debian/postrm)
include(CPack)
