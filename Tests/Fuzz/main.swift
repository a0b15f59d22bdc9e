#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// libFuzzer, which calls `body` with bytes until it is told to stop or something goes wrong.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

extension FuzzTarget {
  /// What the bytes go to, which the variable `FUZZ_TARGET` says.
  static let chosen: FuzzTarget? = getenv("FUZZ_TARGET").flatMap { FuzzTarget(rawValue: String(cString: $0)) }
}

/// Tries some bytes, under the name by which libFuzzer knows it.
@_cdecl("LLVMFuzzerTestOneInput")
func tryBytes(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  do {
    try FuzzTarget.chosen?.check(UnsafeRawBufferPointer(start: bytes, count: count))
  } catch {
    print(error)
    fflush(nil)
    abort()
  }
  return 0
}

guard FuzzTarget.chosen != nil else {
  print("FUZZ_TARGET is none of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))")
  exit(2)
}
var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(runFuzzer(&count, &arguments, tryBytes))
