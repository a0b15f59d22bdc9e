/// The text of `-help`: one screen with the most important options.
///
/// `-help=all` prints the help that `Options` declares.
enum ShortHelp {
  static let text = """
    usage: pamkmeans -k N [options] [netpbmfile]

    Reduces each image of a Netpbm stream to N colors, chosen by k-means:

      jpegtopnm photo.jpg | pamkmeans -k 16 | pnmtopng > photo.png

      -k N               number of colors; 4,16,64 writes one image for each
      -psnr DB           the fewest colors that reach this PSNR
      -effort EFFORT     how hard to search: fast, normal, best
      -space SPACE       color space of distances: sample, linear, oklab
      -fixed FILE        colors that the palette must contain
      -mapfile FILE      map to the colors of FILE instead of choosing them
      -mapout FILE       also write the palette; '-' writes it instead of the image
      -dither METHOD     none, floyd, bayer8, bluenoise
      -shared            one palette for all images of the stream
      -report FILE       write a JSON report, one line per output image
      -help=all          list all options

    The manual explains them: man pamkmeans

    """
}
