// What touches the disk or inherited descriptors: the private directory, the job server, programs.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "core/base/text.h"
#include "core/enforce/job_server.h"
#include "core/enforce/private_directory.h"
#include "core/enforce/program.h"

namespace sefaca {
namespace {

TEST(PrivateDirectory, IsFreshOwnerOnlyAndGoneAfterwards) {
  std::string path;
  {
    auto made = PrivateDirectory::make("/tmp");
    ASSERT_TRUE(made.ok());
    path = made->path();
    struct stat info {};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0700U);
    // A link out must be removed, never followed; a directory without permissions and a deep one
    // go.
    ASSERT_EQ(::symlink("/etc", concat(path, "/out").c_str()), 0);
    ASSERT_EQ(::mkdir(concat(path, "/shut").c_str(), 0700), 0);
    std::ofstream(concat(path, "/shut/file")) << "x";
    ASSERT_EQ(::chmod(concat(path, "/shut").c_str(), 0), 0);
    std::string deep = path;
    for (int i = 0; i < 300; ++i) {
      deep += "/d";
      ASSERT_EQ(::mkdir(deep.c_str(), 0700), 0);
    }
  }
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
  EXPECT_EQ(::access("/etc/passwd", F_OK), 0);
}

// Makes a directory in `parent` as a run does that is killed: nobody removes it.
std::string forgotten_in(const std::string& parent) {
  int ends[2];
  if (::pipe(ends) != 0) return {};
  const pid_t pid = ::fork();
  if (pid == 0) {
    auto made = PrivateDirectory::make(parent);
    const std::string path = made ? made->path() : "";
    if (::write(ends[1], path.data(), path.size()) < 0) ::_exit(1);
    ::_exit(0);
  }
  ::waitpid(pid, nullptr, 0);
  std::string path(256, '\0');
  const ssize_t n = ::read(ends[0], path.data(), path.size());
  path.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  ::close(ends[0]);
  ::close(ends[1]);
  return path;
}

TEST(PrivateDirectory, OnlyWhatIsForgottenForAWhileIsRemovedLater) {
  char parent[] = "/var/tmp/forgottenXXXXXX";
  ASSERT_NE(::mkdtemp(parent), nullptr);
  auto used = PrivateDirectory::make(parent);
  ASSERT_TRUE(used);
  const std::string left = forgotten_in(parent);
  ASSERT_EQ(::access(left.c_str(), F_OK), 0);
  // It may be another run's that is making it this moment.
  PrivateDirectory::remove_forgotten(parent);
  EXPECT_EQ(::access(left.c_str(), F_OK), 0);
  PrivateDirectory::remove_forgotten(parent, 0);
  EXPECT_NE(::access(left.c_str(), F_OK), 0);
  EXPECT_EQ(::access(used->path().c_str(), F_OK), 0);
  used->remove();
  EXPECT_EQ(::rmdir(parent), 0);
}

TEST(PrivateDirectory, AnUnwritableParentIsAnErrorWithARemedy) {
  const auto made = PrivateDirectory::make("/proc");
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().remedy, "set TMPDIR to a directory that you can write, or --tmp=host");
}

TEST(JobServer, PipesAreKeptAndOtherDescriptorsAreNot) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const int file = ::open("/dev/null", O_RDONLY);
  const auto flags = [](int a, int b) {
    return concat(" -j4 --jobserver-auth=", std::to_string(a), ",", std::to_string(b));
  };
  EXPECT_EQ(find_job_server(flags(ends[0], ends[1])).descriptors,
            (std::vector<int>{ends[0], ends[1]}));
  EXPECT_TRUE(find_job_server(flags(file, file)).descriptors.empty());
  EXPECT_TRUE(find_job_server(flags(0, 1)).descriptors.empty());
  EXPECT_TRUE(find_job_server("--jobserver-auth=-2,-2").descriptors.empty());
  EXPECT_TRUE(find_job_server("--jobserver-auth=x,99999999999999").descriptors.empty());
  // Only what really is a FIFO: whatever MAKEFLAGS names would become writable.
  const std::string fifo = concat(::testing::TempDir(), "sefaca-fifo-", std::to_string(::getpid()));
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(find_job_server(concat("-j --jobserver-auth=fifo:", fifo)).fifo, fifo);
  EXPECT_EQ(find_job_server("-j --jobserver-auth=fifo:/etc/passwd").fifo, "");
  EXPECT_EQ(find_job_server("-j --jobserver-auth=fifo:/tmp/not-there").fifo, "");
  ::unlink(fifo.c_str());
  for (int fd : {ends[0], ends[1], file}) ::close(fd);
}

TEST(Program, IsFoundAsExecvpFindsIt) {
  const RealFileSystem files;
  Surroundings surroundings;
  surroundings.cwd = "/usr";
  surroundings.files = &files;
  surroundings.environment["PATH"] = "/nowhere:/bin";
  EXPECT_EQ(find_program("sh", surroundings).value(), "/bin/sh");
  EXPECT_EQ(find_program("bin/env", surroundings).value(), "bin/env");
  EXPECT_EQ(find_program("no-such-program", surroundings).error().errno_value, ENOENT);
  EXPECT_EQ(find_program("", surroundings).error().errno_value, ENOENT);
  EXPECT_EQ(find_program("/etc/passwd", surroundings).error().errno_value, EACCES);
  EXPECT_EQ(find_program("/etc", surroundings).error().errno_value, EACCES);
}

}  // namespace
}  // namespace sefaca
