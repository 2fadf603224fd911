// SHA-256 (FIPS 180-4), to bind trust to a file's content. Our own because the launcher links
// nothing for it otherwise: libcrypto would double a static executable that starts once per
// compile. Held to NIST's vectors by a test; used for no secret.
#pragma once

#include <string>
#include <string_view>

namespace sefaca {

// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace sefaca
