# How a folder becomes a library, a test program, a fuzzer or a benchmark.
# In every folder x.cpp belongs to the library, x_test.cpp to the folder's test program, main.cpp to
# its program and x_fuzzer.cpp to a fuzzer of its own. All globs look again at every build, so
# adding a file is all that it takes.

# The warnings that every target of ours is compiled with; imported headers are exempt as system
# headers. g++ 12 sees an overlap in `"text" + std::string` where there is none (GCC bug 105651), so
# it is not asked. Nor is it asked about strings' insides at -O3 (stringop, array bounds, maybe
# uninitialised): it is wrong there as often, and clang and the sanitizers look at the same code.
add_library(midstride_warnings INTERFACE)
target_compile_options(midstride_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wsign-conversion
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  "$<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-array-bounds;-Wno-maybe-uninitialized>"
  $<$<BOOL:${MIDSTRIDE_WERROR}>:-Werror>)

# fuzzer-no-link gives libraries the coverage counters; stack depth is left out, because it confuses
# fibers.
if(MIDSTRIDE_FUZZERS)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
    message(FATAL_ERROR "MIDSTRIDE_FUZZERS needs clang: its libFuzzer is what runs them (preset fuzz)")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link -fno-sanitize-coverage=stack-depth)
endif()

# midstride_sources(OUT folder pattern...): the folder's files that match a pattern, at any depth.
function(midstride_sources out folder)
  list(TRANSFORM ARGN PREPEND ${PROJECT_SOURCE_DIR}/${folder}/)
  file(GLOB_RECURSE found CONFIGURE_DEPENDS ${ARGN})
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# midstride_target(OUT folder): the name of a folder's library, midstride_runtimes_cpython for
# runtimes/cpython.
function(midstride_target out folder)
  string(REPLACE / _ name ${folder})
  set(${out} midstride_${name} PARENT_SCOPE)
endfunction()

# midstride_precompile(target header...): parses what nearly every file of the target includes once. A
# build of everything takes half the time; that each header stands alone is checks/headers.sh's
# business.
function(midstride_precompile target)
  target_precompile_headers(${target} PRIVATE
    <algorithm> <array> <cstdint> <functional> <memory> <optional> <span> <string> <string_view> <vector> ${ARGN})
endfunction()

# midstride_library(folder [DEPENDS folder...] [PUBLIC target...] [PRIVATE target...]): static
# library of a folder. DEPENDS names folders below it, PUBLIC and PRIVATE third-party targets. A
# folder without sources is an empty library.
function(midstride_library folder)
  cmake_parse_arguments(arg "" "" "DEPENDS;PUBLIC;PRIVATE" ${ARGN})
  midstride_target(target ${folder})
  midstride_sources(sources ${folder} *.cpp)
  midstride_sources(headers ${folder} *.hpp)
  list(FILTER sources EXCLUDE REGEX "(_test|_bench|_fuzzer|/main)\\.cpp$")
  add_library(${target} STATIC ${PROJECT_SOURCE_DIR}/cmake/midstride.cmake ${sources})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${headers})
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
  target_compile_features(${target} PUBLIC cxx_std_20)
  foreach(below IN LISTS arg_DEPENDS)
    midstride_target(below ${below})
    target_link_libraries(${target} PUBLIC ${below})
  endforeach()
  target_link_libraries(${target} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE} $<BUILD_INTERFACE:midstride_warnings>)
  # Reading arguments and writing tables takes no time worth half of a program's build. Several
  # commands call their own things by one name, so each file is compiled alone.
  if(folder STREQUAL cli)
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
    set_target_properties(${target} PROPERTIES UNITY_BUILD OFF)
  endif()
  # Python.h has to come before any standard header.
  if(sources AND NOT folder MATCHES cpython)
    midstride_precompile(${target} $<$<NOT:$<STREQUAL:${folder},sim>>:<fmt/format.h$<ANGLE-R>>)
  endif()
endfunction()

# midstride_program(name folder): folder/main.cpp linked with the folder's library, left in the root
# of the build directory.
function(midstride_program name folder)
  midstride_sources(main ${folder} main.cpp)
  if(main)
    midstride_target(library ${folder})
    add_executable(${name} ${main})
    target_link_libraries(${name} PRIVATE ${library} midstride_warnings)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
  endif()
endfunction()

# midstride_test_program(target sources libs): one gtest program and its two entries in ctest: the
# quick one, and for each suite whose name ends in Long a long one. Few entries, so that process
# start and gtest's own listing do not dominate.
function(midstride_test_program target sources libs)
  add_executable(${target} ${sources})
  target_link_libraries(${target} PRIVATE ${libs} GTest::gtest GTest::gmock GTest::gtest_main midstride_warnings)
  target_compile_definitions(${target} PRIVATE MIDSTRIDE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  # What is tested is optimised, what tests it is not: that was half of a build's time.
  target_compile_options(${target} PRIVATE -O0)
  if(TARGET midstride)
    target_compile_definitions(${target} PRIVATE MIDSTRIDE_PROGRAM="$<TARGET_FILE:midstride>")
  endif()
  if(NOT target MATCHES cpython)
    midstride_precompile(${target} <gtest/gtest.h>)
  endif()
  string(REGEX REPLACE "^midstride_|_test$" "" name ${target})
  set(lsan LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/checks/lsan.supp:print_suppressions=0)
  add_test(NAME ${name} COMMAND ${target} --gtest_brief=1 --gtest_filter=-*Long.*:*Long/*)
  set_tests_properties(${name} PROPERTIES LABELS quick TIMEOUT 600 ENVIRONMENT "${lsan}")
  # Each suite of them is an entry of its own, so that they run side by side.
  set(long)
  foreach(source IN LISTS sources)
    file(STRINGS ${source} found REGEX "^[A-Z_]*(TEST|TEST_F|TEST_P|PROP)[(][A-Za-z0-9_]*Long,")
    list(TRANSFORM found REPLACE "^[A-Z_]*[(]([A-Za-z0-9_]*Long),.*" "\\1")
    list(APPEND long ${found})
  endforeach()
  list(REMOVE_DUPLICATES long)
  foreach(suite IN LISTS long)
    add_test(NAME ${name}.${suite} COMMAND ${target} --gtest_brief=1 --gtest_filter=*${suite}.*:*${suite}/*)
    set_tests_properties(${name}.${suite} PROPERTIES LABELS long TIMEOUT 1800 ENVIRONMENT "${lsan}")
  endforeach()
endfunction()

# midstride_tests(folder [LIBS target...]): the folder's *_test.cpp as midstride_<folder>_test.
# Tests know MIDSTRIDE_SOURCE_DIR (the checkout) and MIDSTRIDE_PROGRAM (the path of the built
# program).
function(midstride_tests folder)
  cmake_parse_arguments(arg "" "" "LIBS" ${ARGN})
  midstride_target(library ${folder})
  midstride_sources(sources ${folder} *_test.cpp)
  list(FILTER sources EXCLUDE REGEX "/laws_[^/]*$")
  if(MIDSTRIDE_TESTS AND sources)
    midstride_test_program(${library}_test "${sources}" "${library};${arg_LIBS}")
    if(folder STREQUAL cli AND TARGET midstride)
      add_dependencies(${library}_test midstride)
    endif()
  endif()
endfunction()

# midstride_approved(): what the program prints is what checks/approved/ and README.md have.
function(midstride_approved)
  if(MIDSTRIDE_TESTS AND TARGET midstride)
    add_test(NAME approved COMMAND ${PROJECT_SOURCE_DIR}/checks/approved.sh $<TARGET_FILE:midstride>)
    set_tests_properties(approved PROPERTIES LABELS quick TIMEOUT 600 ENVIRONMENT ASAN_OPTIONS=detect_leaks=0)
  endif()
endfunction()

# midstride_laws(folder): the folder's laws_*_test.cpp, the only program that sees RapidCheck.
function(midstride_laws folder)
  midstride_target(library ${folder})
  midstride_sources(sources ${folder} laws_*_test.cpp)
  if(MIDSTRIDE_TESTS AND sources)
    midstride_test_program(midstride_laws_test "${sources}" "${library};rapidcheck")
  endif()
endfunction()

# midstride_fuzzers(folder LIBS folder...): each *_fuzzer.cpp as a libFuzzer program of its own
# name.
function(midstride_fuzzers folder)
  cmake_parse_arguments(arg "" "" "LIBS" ${ARGN})
  midstride_sources(fuzzers ${folder} *_fuzzer.cpp)
  if(MIDSTRIDE_FUZZERS)
    foreach(source IN LISTS fuzzers)
      cmake_path(GET source STEM name)
      add_executable(${name} ${source})
      target_link_options(${name} PRIVATE -fsanitize=fuzzer)
      foreach(below IN LISTS arg_LIBS)
        midstride_target(below ${below})
        target_link_libraries(${name} PRIVATE ${below})
      endforeach()
      target_link_libraries(${name} PRIVATE midstride_warnings)
    endforeach()
  endif()
endfunction()

# midstride_bench(folder LIBS folder...): the folder's sources as midstride_bench, the only program
# that sees Google Benchmark.
function(midstride_bench folder)
  cmake_parse_arguments(arg "" "" "LIBS" ${ARGN})
  midstride_sources(sources ${folder} *.cpp)
  if(MIDSTRIDE_BENCH AND sources)
    find_package(benchmark REQUIRED)
    add_executable(midstride_bench ${sources})
    foreach(below IN LISTS arg_LIBS)
      midstride_target(below ${below})
      target_link_libraries(midstride_bench PRIVATE ${below})
    endforeach()
    target_link_libraries(midstride_bench PRIVATE benchmark::benchmark Boost::context midstride_warnings)
    set_target_properties(midstride_bench PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
  endif()
endfunction()

# midstride_find_cpython(): sets MIDSTRIDE_CPYTHON if Debian's libpython 3.11 is there and
# runtimes/cpython has sources. A python3 that comes first in PATH (pyenv, conda) is not looked at:
# its version would decide what the subject does.
macro(midstride_find_cpython)
  if(NOT DEFINED Python3_ROOT_DIR)
    set(Python3_ROOT_DIR /usr)
    set(Python3_EXECUTABLE /usr/bin/python3.11)
  endif()
  set(Python3_FIND_STRATEGY LOCATION)
  set(Python3_FIND_VIRTUALENV STANDARD)
  find_package(Python3 3.11 EXACT QUIET COMPONENTS Development.Embed)
  midstride_sources(cpython_sources runtimes/cpython *.cpp)
  if(Python3_Development.Embed_FOUND AND cpython_sources)
    set(MIDSTRIDE_CPYTHON ON)
    message(STATUS "CPython subjects: ${Python3_LIBRARIES}")
  else()
    set(MIDSTRIDE_CPYTHON OFF)
    message(STATUS "CPython subjects: not built (python3.11-dev ${Python3_Development.Embed_FOUND})")
  endif()
endmacro()

# midstride_install_sim(): installs sim, which is useful without the rest, as the package midstride
# with the target midstride::sim.
function(midstride_install_sim)
  include(CMakePackageConfigHelpers)
  include(GNUInstallDirs)
  set(package ${CMAKE_INSTALL_LIBDIR}/cmake/midstride)
  set_target_properties(midstride_sim PROPERTIES EXPORT_NAME sim)
  install(TARGETS midstride_sim EXPORT midstride ARCHIVE FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/midstride)
  install(EXPORT midstride NAMESPACE midstride:: FILE midstrideTargets.cmake DESTINATION ${package})
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/midstrideConfig.cmake.in ${PROJECT_BINARY_DIR}/midstrideConfig.cmake
                                INSTALL_DESTINATION ${package})
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/midstrideConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/midstrideConfig.cmake ${PROJECT_BINARY_DIR}/midstrideConfigVersion.cmake
          DESTINATION ${package})
endfunction()
