import PamStream

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

StandardDescriptors.guardAgainstReuse()
ProcessHeap.shareAmongThreads()
do {
  switch try Request(arguments: ProgramArguments.read()) {
  case .text(let text):
    let output = try ByteOutput.standardOutput()
    try Array(text.utf8).withUnsafeBytes(output.write)
    try output.close()
  case .quantize(let settings):
    let messages = Messages(settings.verbosity)
    defer { messages.endProgress() }
    try Quantize(settings: settings, messages: messages).run()
  }
} catch {
  Messages.report(error)
  exit(EXIT_FAILURE)
}
