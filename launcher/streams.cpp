// Nothing here or in a library that we link uses the standard streams, but a library that includes
// <iostream> starts them, eight streams and a locale, with every launch. The linker leads that
// start here (launcher/CMakeLists.txt, --wrap), where nothing is done: it took a twentieth of a
// millisecond of each run (docs/performance.md). Streams into strings need none of it: they make
// the locale when the first is used. A test (tests/layers) holds that no source includes
// <iostream>.

// The names are the linker's.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
extern "C" void __wrap__ZNSt8ios_base4InitC1Ev(void* /*init*/) {}
extern "C" void __wrap__ZNSt8ios_base4InitD1Ev(void* /*init*/) {}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
