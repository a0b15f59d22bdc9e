import Foundation
import PamStream
import Testing

/// Files are replaced only when complete; pipes and descriptors are written straight.
struct ByteOutputTests {
  private let scratch: ScratchDirectory

  init() throws {
    scratch = try ScratchDirectory()
  }

  @Test func fileAppearsWhenClosed() throws {
    let path = try scratch.file("new")
    let output = try ByteOutput.file(path)
    try write("text", to: output)
    try output.flush()
    #expect(access(path, F_OK) != 0)
    try output.close()
    #expect(try scratch.fileNames == ["new"])
    #expect(try scratch.bytes("new") == Array("text".utf8))
    let mask = umask(0)
    umask(mask)
    #expect(try mode("new") == 0o666 & ~mask)
  }

  @Test func fileStaysWhenDiscarded() throws {
    let path = try scratch.file("old", [1])
    let output = try ByteOutput.file(path)
    try write("text", to: output)
    output.discard()
    output.discard()
    do {
      _ = try ByteOutput.file(path)
    }
    #expect(try scratch.fileNames == ["old"])
    #expect(try scratch.bytes("old") == [1])
  }

  @Test func modeOfTheFileIsKept() throws {
    let path = try scratch.file("old", [1])
    chmod(path, 0o751)
    let output = try ByteOutput.file(path)
    try output.close()
    #expect(try mode("old") == 0o751)
    #expect(try scratch.bytes("old") == [])
  }

  /// Not even for a moment may others read what they may not read in the end.
  @Test(arguments: [0o600, 0o666] as [mode_t])
  func modeIsNeverWiderThanThatOfTheFile(wanted: mode_t) throws {
    let path = try scratch.file("old", [1])
    chmod(path, wanted)
    let output = try ByteOutput.file(path)
    let partial = try #require(try scratch.fileNames.first { $0 != "old" })
    #expect(try mode(partial) == wanted)
    try output.close()
    #expect(try mode("old") == wanted)
  }

  /// What begins with a combining mark is a name, too, though with the slash before it it is one character in Swift.
  @Test func pathsAreBytes() throws {
    let accent = "\u{301}name"
    let output = try ByteOutput.file(scratch.file(accent))
    #expect(try scratch.fileNames.contains { $0.hasSuffix(".partial") })
    try output.close()
    #expect(mkdir(try scratch.file("\u{301}"), 0o700) == 0)
    #expect(symlink(try scratch.file("\u{301}/\u{301}"), try scratch.file("link")) == 0)
    try ByteOutput.file(scratch.file("link")).close()
    #expect(access(try scratch.file("\u{301}/\u{301}"), F_OK) == 0)
  }

  /// Two ways to write a letter are two names.
  @Test func namesAreTheSameByTheirBytes() throws {
    let composed = try ByteOutput.file(scratch.file("\u{e9}"))
    let decomposed = try ByteOutput.file(scratch.file("e\u{301}"))
    #expect(!composed.replaces(sameFileAs: decomposed))
    #expect(try composed.replaces(sameFileAs: ByteOutput.file(scratch.file("./\u{e9}"))))
  }

  @Test func symbolicLinkIsFollowed() throws {
    let directory = try scratch.file("directory")
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    for (link, target) in [("a", "directory/b"), ("directory/b", "../c")] {
      #expect(symlink(target, try scratch.file(link)) == 0)
    }
    for text in ["first", "second"] {
      let output = try ByteOutput.file(scratch.file("a"))
      try write(text, to: output)
      try output.close()
      #expect(try scratch.bytes("c") == Array(text.utf8))
    }
    #expect(try scratch.fileNames == ["a", "c", "directory"])
  }

  @Test func placesThatCannotBeWrittenAreNamed() throws {
    let path = scratch.path
    #expect(throws: SystemError("cannot open '\(path)'", code: EISDIR)) { try ByteOutput.file(path) }
    let nowhere = try scratch.file("no/where")
    #expect(throws: SystemError("cannot create '\(nowhere)'", code: ENOENT)) { try ByteOutput.file(nowhere) }
    #expect(throws: SystemError("cannot open ''", code: ENOENT)) { try ByteOutput.file("") }
    let loop = try scratch.file("loop")
    symlink("loop", loop)
    #expect(throws: SystemError("cannot open '\(loop)'", code: ELOOP)) { try ByteOutput.file(loop) }
    #expect(try scratch.fileNames == ["loop"])
  }

  @Test func pipeIsWrittenStraight() throws {
    let path = try scratch.file("fifo")
    #expect(mkfifo(path, 0o600) == 0)
    let reader = open(path, O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    let output = try ByteOutput.file(path)
    try write("text", to: output)
    try output.flush()
    var bytes = [UInt8](repeating: 0, count: 10)
    #expect(read(reader, &bytes, 10) == 4)
    try output.close()
    #expect(try scratch.fileNames == ["fifo"])
  }

  @Test func descriptorIsWrittenWhereItStands() throws {
    let descriptor = open(try scratch.file("file", Array("0123456789".utf8)), O_WRONLY)
    defer { close(descriptor) }
    lseek(descriptor, 4, SEEK_SET)
    let output = try ByteOutput.file("/dev/fd/\(descriptor)")
    try write("text", to: output)
    try output.close()
    #expect(try scratch.bytes("file") == Array("0123text89".utf8))
  }

  @Test func bytesKeepTheirOrderAroundTheBuffer() throws {
    let output = try ByteOutput.file(scratch.file("file"))
    var expected: [UInt8] = []
    for size in [1, 65_535, 1, 65_536, 3, 200_000, 65_530, 0, 9] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ size) }
      try bytes.withUnsafeBytes { try output.write($0) }
      expected += bytes
    }
    try output.close()
    #expect(try scratch.bytes("file") == expected)
  }

  #if os(Linux)
    @Test func fullDeviceIsAnError() throws {
      let output = try ByteOutput.file("/dev/full")
      try write("text", to: output)
      #expect(throws: SystemError("cannot write '/dev/full'", code: ENOSPC)) { try output.close() }
    }
  #endif

  private func write(_ text: String, to output: ByteOutput) throws {
    try Array(text.utf8).withUnsafeBytes { try output.write($0) }
  }

  private func mode(_ name: String) throws -> mode_t {
    var status = stat()
    #expect(stat(try scratch.file(name), &status) == 0)
    return status.st_mode & 0o7777
  }
}
