# Compiler flags for every target: warnings, hardening, sanitizers, the fast linker.

add_library(outpost_warnings INTERFACE)
target_compile_options(outpost_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wimplicit-fallthrough -Wnon-virtual-dtor
  -Werror)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

if(OUTPOST_SANITIZE)
  add_compile_options(-fsanitize=${OUTPOST_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${OUTPOST_SANITIZE})
endif()
if(OUTPOST_HARDEN)
  add_compile_options(-D_FORTIFY_SOURCE=3 -fstack-protector-strong -fcf-protection)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # GCC 12 mistakes moved-from optionals and variants for uninitialised ones when it optimises.
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
  add_link_options(-Wl,-z,relro,-z,now)
endif()
# Cheap bounds checks of the standard library stay on in every build: a broken
# invariant aborts instead of corrupting somebody's record.
add_compile_definitions(_GLIBCXX_ASSERTIONS)
if(OUTPOST_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
