# outpost_room(<room> SOURCES … DEPS … [PRIVATE_DEPS …] [TESTS …] [FUZZ …])
#
# A room is one static library. <room> is its path below src/, such as store/sql; the target is
# outpost::store_sql. The only include path it gives away is a folder that holds nothing but a
# link to the room, so "store/sql/writer.h" is found by rooms that list outpost::store_sql in
# DEPS (or stand on one that does) and by nobody else: DEPS is the list of allowed arrows.
# TESTS become one executable, each FUZZ file an executable of its own.
function(outpost_room room)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPS;PRIVATE_DEPS;TESTS;FUZZ" ${ARGN})
  string(REPLACE "/" "_" name ${room})
  set(door ${PROJECT_BINARY_DIR}/doors/${name})
  cmake_path(GET room PARENT_PATH parent)
  file(MAKE_DIRECTORY ${door}/${parent})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${door}/${room} SYMBOLIC)

  add_library(outpost_${name} STATIC ${ROOM_SOURCES})
  add_library(outpost::${name} ALIAS outpost_${name})
  target_include_directories(outpost_${name} PUBLIC ${door})
  target_link_libraries(outpost_${name} PUBLIC ${ROOM_DEPS}
                        PRIVATE ${ROOM_PRIVATE_DEPS} outpost_warnings)

  if(ROOM_TESTS AND BUILD_TESTING AND NOT OUTPOST_FUZZ)
    add_executable(${name}_test ${ROOM_TESTS})
    target_link_libraries(${name}_test PRIVATE outpost::${name} ${ROOM_PRIVATE_DEPS}
                          GTest::gmock GTest::gtest_main outpost_warnings)
    gtest_discover_tests(${name}_test TEST_PREFIX ${name}/ DISCOVERY_TIMEOUT 60
                         PROPERTIES LABELS unit TIMEOUT 120)
  endif()
  if(OUTPOST_FUZZ)
    foreach(source ${ROOM_FUZZ})
      cmake_path(GET source STEM stem)
      add_executable(${stem} ${source})
      target_compile_options(${stem} PRIVATE -fsanitize=fuzzer)
      target_link_options(${stem} PRIVATE -fsanitize=fuzzer)
      target_link_libraries(${stem} PRIVATE outpost::${name} ${ROOM_PRIVATE_DEPS} outpost_warnings)
    endforeach()
  endif()
endfunction()
