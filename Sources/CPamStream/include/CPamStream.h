#ifndef CPAMSTREAM_H
#define CPAMSTREAM_H

/* libnetpbm as a codec on memory.
 *
 * libnetpbm reports an error by longjmp, which must not jump over a Swift frame. So every call of libnetpbm that can
 * fail is made here, after a setjmp in the same function. On an error, the function returns false and libnetpbm's
 * message. libnetpbm never gets a file of the program. The memory that it allocates does not depend on the size in a
 * header, because callers pass text and samples in blocks of limited size.
 *
 * Samples are packed as in a raw PAM raster: one byte each or, if the maxval exceeds 255, two with the high byte first.
 * Samples of PBM are those of PAM: 1 is white, 0 is black.
 *
 * libnetpbm keeps its state in global variables, so only one thread at a time may call these functions. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The error message of libnetpbm, truncated if it is longer. */
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

/* Bytes that libnetpbm wrote, in memory from malloc. */
struct pamstream_text {
    char *bytes;
    size_t size;
};

/* Initializes libnetpbm. Call it once, before the other functions. */
void pamstream_start(void);

/* Reads a header from text that contains nothing else. */
bool pamstream_parse_header(const char *text, size_t size, struct pamstream_header *header,
                            struct pamstream_message *message);

/* Writes a header. On success the caller frees text->bytes. */
bool pamstream_format_header(const struct pamstream_header *header, struct pamstream_text *text,
                             struct pamstream_message *message);

/* Reads `columns` tuples of a plain raster (magic '1', '2' or '3') into `samples`. */
bool pamstream_parse_tuples(const struct pamstream_header *header, const char *text, size_t size,
                            unsigned int columns, uint8_t *samples, struct pamstream_message *message);

/* Writes `rows` rows of `columns` tuples in plain format (magic '1', '2' or '3'). A line has at most `columns_per_line`
 * tuples, and each row begins a new line. On success the caller frees text->bytes. */
bool pamstream_format_tuples(const struct pamstream_header *header, const uint8_t *samples, unsigned int columns,
                             unsigned int rows, unsigned int columns_per_line, struct pamstream_text *text,
                             struct pamstream_message *message);

/* Reads `rows` rows of `columns` tuples of a raw PBM raster. */
bool pamstream_unpack_bits(const uint8_t *bits, unsigned int columns, unsigned int rows, uint8_t *samples,
                           struct pamstream_message *message);

/* Writes `rows` rows of `columns` tuples as a raw PBM raster. On success the caller frees text->bytes. */
bool pamstream_pack_bits(const uint8_t *samples, unsigned int columns, unsigned int rows,
                         struct pamstream_text *text, struct pamstream_message *message);

/* Registers the file at `path` to be unlinked if one of the signals in signals.c ends the program.
 *
 * Returns a ticket for pamstream_keep_on_signal. If there is no memory, or if eight files are registered already, it
 * returns -1, and the file is not unlinked. */
int pamstream_unlink_on_signal(const char *path);

/* Cancels the registration with this ticket; -1 has no effect. */
void pamstream_keep_on_signal(int ticket);

/* Creates a file without a name in a directory and opens it for reading and writing by its owner alone.
 *
 * From then on, the program ignores SIGXFSZ, so that writing past the limit for file sizes fails with an error.
 * Returns the descriptor; -1 and errno on failure. */
int pamstream_open_unnamed(const char *directory);

/* Makes all threads allocate memory from one heap. By default, glibc creates a heap for each thread. */
void pamstream_share_heap(void);

#endif
