// An address that a program was told on its command line. Where no socket is made at all
// (--network=deny) nothing else says whither it wanted.
#pragma once

#include <span>
#include <string>

namespace sefaca {

// The first of `words` that is an IPv4 or IPv6 address, alone or in a URL, with a user and a port
// or without: "10.0.0.1", "http://[2001:db8::1]:80/x", "git@10.0.0.1:x". Empty: none is.
std::string address_among(std::span<const std::string> words);

}  // namespace sefaca
