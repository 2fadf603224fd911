// What CMake's rules say about a step, and the rights that follow.
#include "launcher/step.h"

#include <gtest/gtest.h>

#include "launcher/policy_call.h"
#include "tests/unit/policy/host.h"

namespace sefaca {
namespace {

using namespace testing;
using Words = std::vector<std::string>;

BuildStep step_of(Words words) {
  words.insert(words.begin(), "--plan=/plans");
  auto step = parse_step(words);
  EXPECT_TRUE(step.ok()) << text_of(step.errors());
  return step ? *step : BuildStep{};
}

std::string refusal(const Words& words) {
  const auto step = parse_step(words);
  return step ? "" : text_of(step.errors());
}

TEST(Step, PlaceholdersThatCMakeDoesNotKnowAreNotSaid) {
  const auto step = step_of({"--role=custom", "--target=TARGET_NAME", "--output=OUTPUT", "--dir=/b",
                             "--", "tool", "", "--", "x"});
  EXPECT_EQ(step.role, StepRole::custom);
  EXPECT_EQ(step.target, "");
  EXPECT_EQ(step.output, "");
  EXPECT_EQ(step.directory, "/b");
  EXPECT_EQ(step.argv, (Words{"tool", "", "--", "x"}));
}

TEST(Step, WrongWordsAreErrors) {
  EXPECT_NE(refusal({"--plan=/p", "--role=compil", "--", "x"}).find("no role 'compil'"),
            std::string::npos);
  EXPECT_NE(refusal({"--plan=/p", "--rol=compile", "--", "x"}).find("unexpected '--rol=compile'"),
            std::string::npos);
  EXPECT_NE(refusal({"--plan=/p", "--role=link", "--"}).find("no command"), std::string::npos);
  EXPECT_NE(refusal({"--plan=p", "--role=link", "--", "x"}).find("--plan="), std::string::npos);
  EXPECT_NE(refusal({"--role=link", "--", "x"}).find("--plan="), std::string::npos);
}

TEST(Step, ALauncherInsideTheLauncherIsTakenOff) {
  const auto step = step_of({"--role=custom", "--", "/x/sefaca-launch", "--plan=/q", "--role=test",
                             "--", "exe", "--list"});
  EXPECT_EQ(step.argv, (Words{"exe", "--list"}));
}

TEST(Step, CompilesWriteTheDirectoriesOfTheirOutputs) {
  auto step =
      step_of({"--role=compile", "--target=t", "--object=CMakeFiles/t.dir/s/a.cpp.o", "--", "g++",
               "-MF", "deps/a.d", "-o", "CMakeFiles/t.dir/s/a.cpp.o", "-c", "a.cpp"});
  EXPECT_EQ(output_directories(step, "/b"), (Words{"/b/CMakeFiles/t.dir/s", "/b/deps"}));
  step = step_of({"--role=compile", "--target=t", "--object=CMakeFiles/t.dir/s/a.cppm.o", "--",
                  "clang++", "@CMakeFiles/t.dir/s/a.cppm.o.modmap", "-c", "a.cppm"});
  EXPECT_EQ(output_directories(step, "/b"),
            (Words{"/b/CMakeFiles/t.dir/s", "/b/CMakeFiles/t.dir"}));
  step = step_of({"--role=compile", "--language=Fortran", "--object=o/f.o", "--", "gfortran", "-J",
                  "mods", "-Jmore"});
  EXPECT_EQ(output_directories(step, "/b"), (Words{"/b/o", "/b/mods", "/b/more"}));
  step = step_of({"--role=compile", "--language=Fortran", "--object=o/f.o", "--", "gfortran"});
  EXPECT_EQ(output_directories(step, "/b"), (Words{"/b/o", "/b"}));
}

TEST(Step, LinksWriteTheDirectoriesOfTheirOutputs) {
  auto step =
      step_of({"--role=link", "--file=lib/libx.so.1", "--", "g++", "-shared", "-o", "lib/libx.so.1",
               "-Wl,--dependency-file=CMakeFiles/x.dir/link.d", "-Wl,-Map,maps/x.map"});
  EXPECT_EQ(output_directories(step, "/b"), (Words{"/b/lib", "/b/CMakeFiles/x.dir", "/b/maps"}));
  step = step_of({"--role=link", "--file=libx.a", "--", "ar", "qc", "libx.a", "x.o"});
  EXPECT_EQ(output_directories(step, "/b"), (Words{"/b"}));
  step = step_of({"--role=custom", "--output=/b/x", "--", "cp", "-o", "y"});
  EXPECT_EQ(output_directories(step, "/b"), Words{});
}

TEST(Step, CMakesOwnTargetsAreNoSteps) {
  const auto built_in = [](Words words, const char* tool) {
    words.insert(words.begin(), {"--role=custom"});
    return is_built_in(step_of(words), tool);
  };
  EXPECT_TRUE(built_in({"--output=", "--", "cmake", "-P", "cmake_install.cmake"}, "cmake"));
  EXPECT_TRUE(built_in({"--output=CMakeFiles/install.util", "--", "cmake", "-DBUILD_TYPE=Debug",
                        "-P", "cmake_install.cmake"},
                       "cmake"));
  EXPECT_TRUE(built_in({"--output=", "--", "cpack", "--config", "./CPackConfig.cmake"}, "cpack"));
  EXPECT_TRUE(built_in({"--output=CMakeFiles/check", "--", "ctest", "-R", "x"}, "ctest"));
  EXPECT_FALSE(built_in({"--output=CMakeFiles/check", "--", "ctest", "-S", "x.cmake"}, "ctest"));
  EXPECT_FALSE(built_in({"--output=CMakeFiles/check", "--", "ctest", "--build-and-test"}, "ctest"));
  // Another program of that name, a project's own command, a project's own target.
  EXPECT_FALSE(built_in({"--output=", "--", "./cmake", "-P", "cmake_install.cmake"}, ""));
  EXPECT_FALSE(built_in({"--output=", "--", "cmake", "-P", "gen.cmake"}, "cmake"));
  EXPECT_FALSE(
      built_in({"--output=/b/gen.c", "--", "cmake", "-P", "cmake_install.cmake"}, "cmake"));
  EXPECT_FALSE(built_in({"--output=CMakeFiles/mine", "--", "cpack"}, "cpack"));
}

TEST(Step, TheNearestExceptionDecides) {
  Plan plan;
  plan.notes["override"] = {"DIRECTORY\t/b\t1", "DIRECTORY\t/b/sub\t2", "TARGET\tt\t3",
                            "STEP\tgen.c\t4",   "TEST\tt\t5",           "TARGET\tdocs\t6"};
  const auto name = [&](Words words) {
    words.insert(words.end(), {"--", "x"});
    return plan_name(step_of(words), plan);
  };
  EXPECT_EQ(name({"--role=compile", "--target=t", "--dir=/b"}), "compile-3");
  EXPECT_EQ(name({"--role=link", "--target=u", "--dir=/b"}), "link-1");
  EXPECT_EQ(name({"--role=link", "--target=u", "--dir=/b/sub/x"}), "link-2");
  EXPECT_EQ(name({"--role=link", "--target=u", "--dir=/b/subway"}), "link-1");
  EXPECT_EQ(name({"--role=link", "--target=u", "--dir=/c"}), "link");
  EXPECT_EQ(name({"--role=custom", "--output=/b/x/gen.c,/b/x/gen.h", "--dir=/b"}), "custom-4");
  EXPECT_EQ(name({"--role=custom", "--output=/b/x/agen.c", "--dir=/b"}), "custom-1");
  EXPECT_EQ(name({"--role=custom", "--output=CMakeFiles/docs-Debug", "--dir=/b"}), "custom-6");
  EXPECT_EQ(name({"--role=test", "--test=t", "--dir=/b"}), "test-5");
  EXPECT_EQ(name({"--role=test", "--test=docs", "--dir=/b"}), "test-1");
}

TEST(Step, RightsAreAddedAndWhatWasGeneratedStays) {
  Host host;
  host.files.directory("/s/data").directory("/b/CMakeFiles/t.dir").directory("/home/u/.ssh");
  Plan plan;
  plan.notes = {{"source", {"/s"}},
                {"build", {"/b"}},
                {"generated", {"/b/build.ninja"}},
                {"target_directories", {"/b/CMakeFiles/t.dir", "/b/CMakeFiles/u.dir"}},
                {"target_files", {"build.make", "flags.make"}}};
  auto policy = build(
      host, {assign(Layer::door, "preset", {"compiler"}), assign(Layer::door, "readwrite", {}),
             assign(Layer::door, "readonly", {"/s", "/b"}, "the CMake door")});
  ASSERT_TRUE(policy.ok()) << errors_of(policy);
  const auto after = [&](const Words& words, const char* cwd) {
    PolicyFields fields = **policy;
    host.surroundings.cwd = cwd;
    add_step_rights(fields, step_of(words), plan, host.surroundings);
    return fields;
  };
  const auto at = [](const PolicyFields& fields, const char* path) {
    return access_at(fields.paths, path, Access::hide);
  };
  auto fields = after({"--role=compile", "--object=CMakeFiles/t.dir/a.o", "--", "cc"}, "/b");
  EXPECT_EQ(at(fields, "/b/CMakeFiles/t.dir/a.o"), Access::write);
  EXPECT_EQ(at(fields, "/b/CMakeFiles/t.dir/build.make"), Access::read);
  EXPECT_EQ(at(fields, "/b/CMakeFiles/u.dir/a.o"), Access::read);
  EXPECT_EQ(at(fields, "/b/build.ninja"), Access::read);
  EXPECT_EQ(at(fields, "/s/data"), Access::read);

  // Not the source tree, for a test; no home, for nobody.
  fields = after({"--role=test", "--test=t", "--", "x"}, "/s/data");
  EXPECT_EQ(at(fields, "/s/data"), Access::read);
  fields = after({"--role=test", "--test=t", "--", "x"}, "/b");
  EXPECT_EQ(at(fields, "/b/x"), Access::write);
  EXPECT_EQ(at(fields, "/b/CMakeFiles/u.dir/a.gcda"), Access::write);
  EXPECT_EQ(at(fields, "/b/CMakeFiles/u.dir/flags.make"), Access::read);
  EXPECT_EQ(at(fields, "/b/build.ninja"), Access::read);
  fields = after({"--role=test", "--test=t", "--", "x"}, "/home/u");
  EXPECT_EQ(at(fields, "/home/u/x"), Access::hide);
}

Result<PolicyCall> call_of(const Words& words) {
  return parse_policy_call(words, "/s", "CMakeLists.txt");
}
std::string call_errors(const Words& words) {
  const auto call = call_of(words);
  return call ? "" : text_of(call.errors());
}

TEST(PolicyCall, SaysWhatItSays) {
  const auto call = call_of({"TARGET", "a", "b", "NETWORK", "allow", "READWRITE", "x", "/y",
                             "KEEP_BACKGROUND", "MEMORY", "4g"});
  ASSERT_TRUE(call.ok()) << text_of(call.errors());
  EXPECT_EQ(call->names, (Words{"a", "b"}));
  ASSERT_EQ(call->values.size(), 4U);
  EXPECT_EQ(call->values[1].key, "readwrite");
  EXPECT_EQ(call->values[1].values, (Words{"x", "/y"}));
  EXPECT_EQ(call->values[1].base, "/s");
  EXPECT_TRUE(call->values[1].add);
  EXPECT_EQ(call->values[2].values, (Words{"true"}));
  EXPECT_TRUE(call_of({"STEP", "gen.c", "OFF"})->off);
}

TEST(PolicyCall, MistakesAreErrorsWithTheNearestSpelling) {
  EXPECT_NE(call_errors({"TARGT", "a", "OFF"}).find("did you mean 'TARGET'"), std::string::npos);
  EXPECT_NE(call_errors({"TARGET", "a", "NETWROK", "allow"}).find("did you mean 'NETWORK'"),
            std::string::npos);
  EXPECT_NE(call_errors({"TARGET", "a", "NETWORK", "alow"}).find("did you mean 'allow'"),
            std::string::npos);
  EXPECT_NE(call_errors({"TARGET", "a", "READWRITE", "x", "READONYL", "y"})
                .find("did you mean 'READONLY'"),
            std::string::npos);
  EXPECT_NE(call_errors({"TARGET", "a", "MEMORY", "lots"}).find("lots"), std::string::npos);
  EXPECT_NE(call_errors({"TARGET", "NETWORK", "allow"}).find("needs a name"), std::string::npos);
  EXPECT_NE(call_errors({"TARGET", "a"}).find("nothing is said"), std::string::npos);
  EXPECT_NE(call_errors({"TARGET", "a", "MEMORY", "1g", "2g"}).find("takes one value"),
            std::string::npos);
  EXPECT_NE(call_errors({"TARGET", "a", "OFF", "MEMORY", "1g"}).find("OFF stands alone"),
            std::string::npos);
  EXPECT_NE(call_errors({}).find("it says nothing"), std::string::npos);
}

}  // namespace
}  // namespace sefaca
