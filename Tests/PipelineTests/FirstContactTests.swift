import Foundation
import Testing

/// What a newcomer tries first: files of other formats, options of other programs, terminals.
@Suite struct FirstContactTests {
  /// Files as other programs write them: the message names the format and what makes a Netpbm image of it.
  @Test(arguments: [
    ("pnmtopng", "a PNG", "pngtopam"),
    ("pnmtojpeg -quiet", "a JPEG", "jpegtopnm"),
    ("pamtogif", "a GIF", "giftopnm"),
    ("pamtotiff -quiet", "a TIFF", "tifftopnm"),
    ("ppmtobmp -quiet", "a BMP", "bmptopnm"),
    ("pamtopfm", "a PFM", "pfmtopam"),
    ("ppmtoxpm -quiet", "an XPM", "xpmtoppm"),
    ("pnmtops -quiet", "a PostScript file", "'pstopnm -stdout -'"),
    ("gzip", "a gzip file", "zcat"),
    ("sh -c 'cat >/dev/null; printf \"%%PDF-1.7\\n\"'", "a PDF", "'pdftoppm -'"),
    ("sh -c 'cat >/dev/null; printf \"RIFFabcdWEBPVP8 \"'", "a WebP", "'dwebp -ppm -o - -- -'"),
  ])
  func namesWhatIsNoNetpbm(writer: String, format: String, converter: String) throws {
    let directory = try TemporaryDirectory()
    let file = directory.path("image")
    let image = "P3 8 2 255 " + (0..<48).map { "\($0) " }.joined()
    let script = "printf '%s\\n' \"$1\" | \(writer) >\"$2\" 2>/dev/null && exec pamkmeans -k 2 <\"$2\""
    let outcome = try Program.shell(script, arguments: [image, file])
    #expect(outcome.errors == "pamkmeans: this is \(format); put \(converter) in front\n")
    #expect(outcome.status == 1 && outcome.output.isEmpty)
    // What begins with P is read as an image there, too.
    guard writer != "pamtopfm" else { return }
    let palette = try Program.run(["-mapfile", file])
    #expect(palette.errors == "pamkmeans: \(file): this is \(format); convert it with \(converter) first\n")
  }

  @Test(arguments: [
    ("7 x.ppm", "one file at the most, not 2: '7' 'x.ppm'; did you mean -k 7?"),
    ("7", "-k is missing: say how many colors are wanted; did you mean -k 7?"),
    ("-colours 7", "unknown option '-colours'; did you mean -k?"),
    ("-kmeans 7", "unknown option '-kmeans'; did you mean -k?"),
    ("-dithering floyd", "unknown option '-dithering'; did you mean -dither?"),
    ("--threds=2", "unknown option '--threds=2'; did you mean -threads?"),
    ("-zoom 7", "unknown option '-zoom'; -help=all lists the options"),
    ("-k 7 -effort fsat", "-effort: 'fsat' is not one of fast, normal, best; did you mean fast?"),
    ("-k 7 -effort medium", "-effort: 'medium' is not one of fast, normal, best"),
  ])
  func suggestsWhatWasMeant(line: String, message: String) throws {
    let outcome = try Program.run(line.split(separator: " ").map(String.init))
    #expect(outcome.errors == "pamkmeans: \(message)\n")
    #expect(outcome.status == 1 && outcome.output.isEmpty)
  }

  /// Runs a command on a terminal of its own and returns what appears there.
  private func onTerminal(_ command: String) throws -> String {
    let script =
      "printf 'P2 2 1 9 1 8\\n' >\"$0.pgm\"; SHELL=/bin/sh script -qec \"$1\" \"$2\" </dev/null >/dev/null; cat \"$2\""
    let directory = try TemporaryDirectory()
    return try Program.shell(
      "cd \"$3\" && " + script, arguments: [command, directory.path("typescript"), directory.url.path]
    )
    .text.replacingOccurrences(of: "\r\n", with: "\n")
  }

  @Test func writesNoRawImageToATerminal() throws {
    let message = "standard output is a terminal: add '> file' to write the image to a file"
    #expect(try onTerminal("pamkmeans -k 1 sh.pgm").contains(message))
    #expect(try onTerminal("pamkmeans -k 1 -mapout - sh.pgm").contains(message))
    let other = "standard output is a terminal: add '> file' to write to a file\n"
    #expect(try onTerminal("pamkmeans -histout - sh.pgm").contains(other))
    #expect(try onTerminal("pamkmeans -k 1 -mapout - -mapformat act sh.pgm").contains(other))
    #expect(try onTerminal("pamkmeans -k 2 -plain sh.pgm").contains("P2\n2 1\n9\n1 8 \n"))
    #expect(try onTerminal("pamkmeans -k 2 sh.pgm | cat").contains("P5\n2 1\n9\n"))
  }

  @Test func saysThatItWaitsForATerminal() throws {
    let message = "pamkmeans: waiting for a Netpbm image on standard input"
    #expect(try onTerminal("pamkmeans -k 2 >image").contains(message))
    #expect(try !onTerminal("pamkmeans -k 2 -quiet >image").contains(message))
    #expect(try !onTerminal("pamkmeans -k 2 sh.pgm >image").contains(message))
  }
}
