// Measuring whole processes: those that are compared are spawned in turn in one run, so that what
// else the machine does falls on all alike.
#pragma once

#include <string>
#include <vector>

namespace sefaca::bench {

struct Contender {
  std::string name;
  std::vector<std::string> words;
  std::vector<double> times_ms = {};  // from spawn to reaped
  std::string missing = {};           // why it could not take part; then there are no times
  long every = 1;                     // takes part in every so many rounds, where it is slow
  long peak_kib = 0;                  // of the largest process; 0: not measured

  [[nodiscard]] double quantile(double q) const;
  [[nodiscard]] double median() const { return quantile(0.5); }
};

// A ratio of medians, and where half of the ratios round by round lie: what falls on one contender
// falls on its neighbour. Best tenths compare on a busy machine too, where medians are its other
// work's.
struct Ratio {
  double of_medians, first_quarter, third_quarter, of_best_tenths;
};
Ratio ratio_of(const Contender& one, const Contender& other);

// Runs each contender `rounds` times in turn, the first one of a round changing, after a few runs
// that don't count. stdout and stderr go to /dev/null. One that does not end with exit code 0 in
// these first runs is missing from then on; later that is an error, which ends the program.
void measure(std::vector<Contender>& contenders, char* const* environment, long rounds);

// Runs each contender once more by `floor --peak`, and takes what that says.
void measure_peaks(std::vector<Contender>& contenders, char* const* environment,
                   const std::string& floor);

[[noreturn]] void stop(const std::string& message);

}  // namespace sefaca::bench
