# Boost is used for its headers only. Asking for its own BoostConfig.cmake (CONFIG)
# keeps FindBoost.cmake, and policy CMP0167, out of it. The targets are guarded: a
# parent project may have brought them.
if(NOT TARGET Boost::headers)
  find_package(Boost 1.81 CONFIG REQUIRED OPTIONAL_COMPONENTS asio_core)
endif()
if(NOT TARGET Threads::Threads)
  find_package(Threads REQUIRED)
endif()

# spdlog for curfew::spdlog only.
if(CURFEW_SPDLOG AND NOT TARGET spdlog::spdlog)
  if(CURFEW_SPDLOG STREQUAL "AUTO")
    find_package(spdlog CONFIG QUIET)
    if(NOT TARGET spdlog::spdlog)
      message(STATUS "There is no spdlog: curfew::spdlog is left out")
    endif()
  else()
    find_package(spdlog CONFIG REQUIRED)
  endif()
endif()

# asio_core, in newer Boost, carries the definitions that Asio was built with.
# Boost::asio is there where a parent has Boost as a subdirectory.
set(CURFEW_BOOST_LIBRARIES
    Boost::headers
    $<IF:$<TARGET_EXISTS:Boost::asio_core>,Boost::asio_core,$<TARGET_NAME_IF_EXISTS:Boost::asio>>)
