#ifndef CPAMSTREAM_H
#define CPAMSTREAM_H

/* libnetpbm as a codec on memory.
 *
 * libnetpbm reports an error by longjmp, which must not cross a Swift frame. So every call to it that can fail is
 * made here, below a setjmp in the same function, which returns false and libnetpbm's message instead.
 * libnetpbm never sees a file of ours and its memory never follows a header: callers pass text and samples in
 * blocks bounded by a constant.
 *
 * Samples are packed as in a raw PAM raster: one byte each, or two, the high byte first, where the maxval exceeds
 * 255. Those of PBM are a PAM's: 1 is white, 0 is black.
 *
 * libnetpbm keeps its state in global variables: one thread at a time. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What went wrong, in libnetpbm's words, cut to fit. */
struct pamstream_message {
    char text[1024];
};

struct pamstream_header {
    unsigned int width;
    unsigned int height;
    unsigned int depth;
    unsigned int maxval;
    char magic;           /* the second byte of the magic number, '1' to '7' */
    char tuple_type[256]; /* ends in NUL; empty for none */
};

/* Bytes that libnetpbm wrote, from malloc. */
struct pamstream_text {
    char *bytes;
    size_t size;
};

/* Readies libnetpbm; to be called once, before the others. */
void pamstream_start(void);

/* Reads a header from text that holds nothing else. */
bool pamstream_parse_header(const char *text, size_t size, struct pamstream_header *header,
                            struct pamstream_message *message);

/* Writes a header. On success the caller frees text->bytes. */
bool pamstream_format_header(const struct pamstream_header *header, struct pamstream_text *text,
                             struct pamstream_message *message);

/* Reads `columns` tuples of a plain raster (magic '1', '2' or '3') into `samples`. */
bool pamstream_parse_tuples(const struct pamstream_header *header, const char *text, size_t size,
                            unsigned int columns, uint8_t *samples, struct pamstream_message *message);

/* Writes `rows` rows of `columns` tuples in plain format (magic '1', '2' or '3'), at most `columns_per_line` tuples
 * a line, each row on lines of its own. On success the caller frees text->bytes. */
bool pamstream_format_tuples(const struct pamstream_header *header, const uint8_t *samples, unsigned int columns,
                             unsigned int rows, unsigned int columns_per_line, struct pamstream_text *text,
                             struct pamstream_message *message);

/* Reads `rows` rows of `columns` tuples of a raw PBM raster. */
bool pamstream_unpack_bits(const uint8_t *bits, unsigned int columns, unsigned int rows, uint8_t *samples,
                           struct pamstream_message *message);

/* Writes `rows` rows of `columns` tuples as a raw PBM raster. On success the caller frees text->bytes. */
bool pamstream_pack_bits(const uint8_t *samples, unsigned int columns, unsigned int rows,
                         struct pamstream_text *text, struct pamstream_message *message);

/* Has the file at `path` unlinked should one of the signals that signals.c lists end the program,
 * until the returned ticket is given back. -1 if there is no room for another (the file then outlives a signal). */
int pamstream_unlink_on_signal(const char *path);

/* Takes back a ticket of pamstream_unlink_on_signal; -1 is none. */
void pamstream_keep_on_signal(int ticket);

/* Opens a new file without a name in a directory, for reading and writing by its owner alone; from then on writing past
 * the limit for file sizes fails instead of raising a signal. -1 and errno if it cannot be. */
int pamstream_open_unnamed(const char *directory);

/* Has all threads take memory from one heap, where the C library would make one for each. */
void pamstream_share_heap(void);

#endif
