// sccache and distcc are noticed where the network keeps them from working, and only there.
#include "core/policy/compile_services.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sefaca {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Strings = std::vector<std::string>;

constexpr const char* kSccache =
    "sccache: its daemon on 127.0.0.1:4226 is out of reach with network deny; "
    "use --network=allow, or ccache";
constexpr const char* kDistcc =
    "distcc: its other hosts are out of reach with network deny; use --network=allow, or ccache";

Strings notes(const Strings& argv, const Strings& environment, Network network = Network::deny) {
  return compile_service_notes(argv, environment, network);
}

TEST(CompileServices, NoticedInTheEnvironment) {
  for (const char* entry :
       {"SCCACHE_DIR=/c", "SCCACHE_BUCKET=", "RUSTC_WRAPPER=sccache", "CC=sccache gcc",
        "CXX=/usr/bin/sccache g++", "CMAKE_CXX_COMPILER_LAUNCHER=sccache",
        "CMAKE_C_COMPILER_LAUNCHER=/opt/bin/sccache", "CARGO_BUILD_RUSTC_WRAPPER=sccache"})
    EXPECT_THAT(notes({"make"}, {"PATH=/bin", entry}), ElementsAre(kSccache)) << entry;
  for (const char* entry : {"DISTCC_HOSTS=a b", "CC=distcc", "CCACHE_PREFIX=distcc",
                            "CXX=ccache distcc g++", "CMAKE_C_COMPILER_LAUNCHER=ccache;distcc"})
    EXPECT_THAT(notes({"make"}, {entry}), ElementsAre(kDistcc)) << entry;
}

TEST(CompileServices, NoticedInTheWordsOfTheCommand) {
  for (const Strings& argv : {Strings{"sccache", "gcc"}, Strings{"/usr/bin/sccache", "gcc"},
                              Strings{"make", "CC=sccache gcc"},
                              Strings{"cmake", "-DCMAKE_CXX_COMPILER_LAUNCHER=/usr/bin/sccache"},
                              Strings{"/bin/sh", "-c", "cd x&&make CC='sccache gcc'"},
                              Strings{"/bin/sh", "-c", "RUSTC_WRAPPER=sccache cargo build"}})
    EXPECT_THAT(notes(argv, {}), ElementsAre(kSccache)) << argv.back();
  EXPECT_THAT(notes({"/bin/sh", "-c", "distcc --version; sccache -s"}, {}),
              ElementsAre(kSccache, kDistcc));
}

TEST(CompileServices, NotWhereNothingNamesOne) {
  EXPECT_THAT(notes({"make"}, {"CC=ccache gcc", "PATH=/usr/lib/distcc:/bin", "X=sccache", "CC"}),
              IsEmpty());
  for (const char* word : {"mysccache", "sccache.log", "sccache-dist", "/opt/sccache/bin/x",
                           "sccache2", "distccmon", "", "CCACHE_DIR=/c"})
    EXPECT_THAT(notes({word}, {}), IsEmpty()) << word;
}

TEST(CompileServices, NotWhereTheNetworkReachesThem) {
  const Strings both = {"sccache", "distcc"};
  EXPECT_THAT(notes(both, {}, Network::allow), IsEmpty());
  EXPECT_EQ(notes(both, {}, Network::localhost).size(), 2U);
  EXPECT_THAT(notes(both, {}, Network::host_loopback),
              ElementsAre("distcc: its other hosts are out of reach with network host-loopback; "
                          "use --network=allow, or ccache"));
}

}  // namespace
}  // namespace sefaca
