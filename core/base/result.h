// Result<T>: a value, or every error that stood in its way. Libraries return it; only launcher/
// prints. No exception crosses a function that returns a Result.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace sefaca {

// One thing that is wrong, in words for the person who can mend it.
struct Error {
  std::string what{};     // one clause, no full stop: "unknown level 'strickt'"
  std::string where{};    // "FILE:LINE:COLUMN", "$SEFACA_LEVEL", "--level"; empty: nowhere
  std::string excerpt{};  // the source line and a caret below it, or empty
  std::string remedy{};   // what to do about it: "did you mean 'strict'?"; may be empty
  int errno_value = 0;    // the errno behind it, 0 when there is none
};
using Errors = std::vector<Error>;

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, Errors{std::move(error)}) {}
  // `errors` must not be empty.
  Result(Errors errors) : state_(std::in_place_index<1>, std::move(errors)) {}

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Only when ok().
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Only when not ok(); never empty.
  [[nodiscard]] const Errors& errors() const { return std::get<1>(state_); }
  [[nodiscard]] const Error& error() const { return errors().front(); }

 private:
  std::variant<T, Errors> state_;
};

// A Result without a value: `return Done{};` says that it worked.
struct Done {};
using Status = Result<Done>;

}  // namespace sefaca

// SEFACA_TRY(name, expression): `name` is the value, or the function returns the errors.
#define SEFACA_TRY_JOIN2(a, b) a##b
#define SEFACA_TRY_JOIN(a, b) SEFACA_TRY_JOIN2(a, b)
#define SEFACA_TRY(name, expression)                                                     \
  auto SEFACA_TRY_JOIN(try_, __LINE__) = (expression);                                   \
  if (!SEFACA_TRY_JOIN(try_, __LINE__)) return SEFACA_TRY_JOIN(try_, __LINE__).errors(); \
  auto name = std::move(SEFACA_TRY_JOIN(try_, __LINE__)).value()
// SEFACA_CHECK(expression): the same where no value is wanted.
#define SEFACA_CHECK(expression)                                                             \
  if (auto SEFACA_TRY_JOIN(try_, __LINE__) = (expression); !SEFACA_TRY_JOIN(try_, __LINE__)) \
  return SEFACA_TRY_JOIN(try_, __LINE__).errors()
