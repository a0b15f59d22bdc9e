import Foundation
import Testing

@Suite struct RefusalTests {
  @Test(arguments: Refusal.all.indices)
  func isRefusedHereAlone(index: Int) throws {
    let refusal = Refusal.all[index]
    let ours = try Program.run(["-k", "2"], input: .bytes(refusal.example))
    #expect(ours.status == 1 && ours.output.isEmpty)
    #expect(ours.errors.contains(refusal.message))
    #expect(try Program.shell("pamtopam", input: .bytes(refusal.example)).status == 0)
  }

  /// A comment of any length in a PAM header is a comment; libnetpbm takes what is behind 254 bytes for a line.
  @Test func longCommentsAreTakenHereAlone() throws {
    let comment = "#" + String(repeating: "x", count: 300)
    let bytes = Refusal("", pam: [("WIDTH", "\(comment)\nWIDTH")]).example
    let ours = try Program.run(["-k", "2"], input: .bytes(bytes))
    #expect(ours.status == 0)
    #expect(ours.output == Refusal("", pam: []).example)
    #expect(try Program.shell("pamtopam", input: .bytes(bytes)).status == 1)
  }
}
