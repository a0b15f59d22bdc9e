import Foundation
import Testing

/// The bytes that fuzzing begins with, and those that it once found, without libFuzzer.
@Suite(.serialized) struct CorpusTests {
  @Test(arguments: FuzzTarget.allCases)
  func everyFileHolds(target: FuzzTarget) throws {
    let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("corpus/\(target.rawValue)")
    let files = try FileManager.default.contentsOfDirectory(at: corpus, includingPropertiesForKeys: nil)
    #expect(!files.isEmpty)
    for file in files {
      let bytes = try Data(contentsOf: file)
      #expect(throws: Never.self, "\(file.lastPathComponent)") {
        try bytes.withUnsafeBytes { try target.check($0) }
      }
    }
  }
}
