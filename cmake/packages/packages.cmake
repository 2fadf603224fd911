# What cpack makes of an installation: a .tar.gz, which the GitHub Action fetches by this name, and
# a .deb. `cpack --config BUILD/CPackConfig.cmake -G TGZ`
set(CPACK_GENERATOR TGZ DEB)
set(CPACK_PACKAGE_NAME sefaca)
set(CPACK_PACKAGE_FILE_NAME sefaca-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_PACKAGE_VENDOR "the sefaca project")
set(SEFACA_MAINTAINER "the sefaca project <noreply@github.com>" CACHE STRING
  "Who the packages say to write to")
set(CPACK_PACKAGE_CONTACT "${SEFACA_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "run any command with the least rights it needs")
set(CPACK_PACKAGE_DESCRIPTION
  "Builds and tests run with the rights of whoever starts them. sefaca runs each\n\
of their commands with Landlock, seccomp and limits, as an ordinary user, names\n\
what was denied and keeps a record of every run.")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)

set(architecture_x86_64 amd64)
set(architecture_aarch64 arm64)
set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE ${architecture_${CMAKE_SYSTEM_PROCESSOR}})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)  # sefaca-ship alone is dynamic
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/debian.cmake)
string(TIMESTAMP CPACK_SEFACA_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
set(CPACK_SEFACA_TEXTS ${CMAKE_CURRENT_LIST_DIR})
include(CPack)
