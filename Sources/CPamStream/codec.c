#define _POSIX_C_SOURCE 200809L

#include "CPamStream.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if __has_include(<stdio_ext.h>)
#include <stdio_ext.h>
#endif

#if __has_include(<netpbm/pam.h>)
#include <netpbm/pam.h>
#else
#include <pam.h>
#endif

/* Receives the next error message of libnetpbm; NULL ignores it. */
static struct pamstream_message *current_message;

static void catch_message(const char *text) {
    if (current_message)
        snprintf(current_message->text, sizeof current_message->text, "%s", text);
}

static bool fail_with_errno(struct pamstream_message *message) {
    snprintf(message->text, sizeof message->text, "%s", strerror(errno));
    return false;
}

/* Opens a stream that reads from memory; NULL and errno on failure. */
static FILE *open_bytes(const void *bytes, size_t size) {
    FILE *const file = fmemopen((void *)bytes, size, "r");
#ifdef FSETLOCKING_BYCALLER
    /* glibc would lock the stream at every getc, which took two thirds of the time of reading plain rasters. */
    if (file)
        __fsetlocking(file, FSETLOCKING_BYCALLER);
#endif
    return file;
}

void pamstream_start(void) {
    pm_init("", 0);
    pm_setusererrormsgfn(catch_message);
}

/* Describes a block of `rows` rows of `columns` tuples for libnetpbm. */
static struct pam describe(const struct pamstream_header *header, FILE *file, int format, unsigned int columns,
                           unsigned int rows) {
    struct pam pam;
    memset(&pam, 0, sizeof pam);
    pam.size = sizeof pam;
    pam.len = PAM_STRUCT_SIZE(tuple_type);
    pam.file = file;
    pam.format = format;
    pam.plainformat = format == PBM_FORMAT || format == PGM_FORMAT || format == PPM_FORMAT;
    pam.width = (int)columns;
    pam.height = (int)rows;
    pam.depth = header->depth;
    pam.maxval = header->maxval;
    pam.bytes_per_sample = pnm_bytespersample(header->maxval);
    memcpy(pam.tuple_type, header->tuple_type, sizeof pam.tuple_type);
    return pam;
}

static int format_of(const struct pamstream_header *header) {
    return 'P' * 256 + header->magic;
}

static void pack(const struct pam *pam, tuple *row, uint8_t *samples) {
    for (int column = 0; column < pam->width; ++column)
        for (unsigned int plane = 0; plane < pam->depth; ++plane) {
            if (pam->bytes_per_sample == 2)
                *samples++ = (uint8_t)(row[column][plane] >> 8);
            *samples++ = (uint8_t)row[column][plane];
        }
}

static void unpack(const struct pam *pam, const uint8_t *samples, tuple *row) {
    for (int column = 0; column < pam->width; ++column)
        for (unsigned int plane = 0; plane < pam->depth; ++plane) {
            sample value = *samples++;
            if (pam->bytes_per_sample == 2)
                value = value << 8 | *samples++;
            row[column][plane] = value;
        }
}

bool pamstream_parse_header(const char *text, size_t size, struct pamstream_header *header,
                            struct pamstream_message *message) {
    jmp_buf here, *outer;
    struct pam pam;
    FILE *const file = open_bytes(text, size);

    if (!file)
        return fail_with_errno(message);
    memset(&pam, 0, sizeof pam);
    current_message = message;
    pm_setjmpbufsave(&here, &outer);
    if (setjmp(here) != 0) {
        pm_setjmpbuf(outer);
        fclose(file);
        return false;
    }
    pnm_readpaminit(file, &pam, PAM_STRUCT_SIZE(tuple_type));
    pm_setjmpbuf(outer);
    fclose(file);

    memset(header, 0, sizeof *header);
    header->width = (unsigned int)pam.width;
    header->height = (unsigned int)pam.height;
    header->depth = pam.depth;
    header->maxval = (unsigned int)pam.maxval;
    header->magic = (char)(pam.format % 256);
    memcpy(header->tuple_type, pam.tuple_type, sizeof header->tuple_type);
    return true;
}

/* Closes a memory stream. If writing or closing failed, frees the text and returns false. */
static bool finish(FILE *file, struct pamstream_text *text, struct pamstream_message *message) {
    bool const failed = ferror(file) != 0;
    if (fclose(file) != 0 || failed) {
        fail_with_errno(message);
        free(text->bytes);
        text->bytes = NULL;
        return false;
    }
    return true;
}

bool pamstream_format_header(const struct pamstream_header *header, struct pamstream_text *text,
                             struct pamstream_message *message) {
    jmp_buf here, *outer;
    struct pam pam;
    FILE *const file = open_memstream(&text->bytes, &text->size);

    if (!file)
        return fail_with_errno(message);
    pam = describe(header, file, format_of(header), header->width, header->height);
    current_message = message;
    pm_setjmpbufsave(&here, &outer);
    if (setjmp(here) != 0) {
        pm_setjmpbuf(outer);
        fclose(file);
        free(text->bytes);
        return false;
    }
    pnm_writepaminit(&pam);
    pm_setjmpbuf(outer);
    return finish(file, text, message);
}

/* Reads `rows` rows of `columns` tuples in `format` from memory into `samples`. */
static bool read_rows(const struct pamstream_header *header, int format, const void *bytes, size_t size,
                      unsigned int columns, unsigned int rows, uint8_t *samples,
                      struct pamstream_message *message) {
    jmp_buf here, *outer;
    tuple *volatile row = NULL;
    FILE *const file = open_bytes(bytes, size);
    struct pam const pam = describe(header, file, format, columns, rows);

    if (!file)
        return fail_with_errno(message);
    current_message = message;
    pm_setjmpbufsave(&here, &outer);
    if (setjmp(here) != 0) {
        pm_setjmpbuf(outer);
        if (row)
            pnm_freepamrow(row);
        fclose(file);
        return false;
    }
    row = pnm_allocpamrow(&pam);
    for (unsigned int index = 0; index < rows; ++index) {
        pnm_readpamrow(&pam, row);
        pack(&pam, row, samples + (size_t)index * columns * pam.depth * pam.bytes_per_sample);
    }
    pm_setjmpbuf(outer);
    pnm_freepamrow(row);
    fclose(file);
    return true;
}

/* Writes `rows` rows in `format` to memory. Each call of libnetpbm writes at most `columns_per_part` tuples. */
static bool write_rows(const struct pamstream_header *header, int format, const uint8_t *samples,
                       unsigned int columns, unsigned int rows, unsigned int columns_per_part,
                       struct pamstream_text *text, struct pamstream_message *message) {
    jmp_buf here, *outer;
    tuple *volatile row = NULL;
    FILE *const file = open_memstream(&text->bytes, &text->size);
    struct pam pam = describe(header, file, format, columns_per_part, rows);

    if (!file)
        return fail_with_errno(message);
    current_message = message;
    pm_setjmpbufsave(&here, &outer);
    if (setjmp(here) != 0) {
        pm_setjmpbuf(outer);
        if (row)
            pnm_freepamrow(row);
        fclose(file);
        free(text->bytes);
        return false;
    }
    row = pnm_allocpamrow(&pam);
    for (unsigned int index = 0; index < rows; ++index)
        for (unsigned int column = 0; column < columns; column += columns_per_part) {
            unsigned int const rest = columns - column;
            size_t const tuple_index = (size_t)index * columns + column;
            pam.width = (int)(rest < columns_per_part ? rest : columns_per_part);
            unpack(&pam, samples + tuple_index * pam.depth * pam.bytes_per_sample, row);
            pnm_writepamrow(&pam, row);
        }
    pm_setjmpbuf(outer);
    pnm_freepamrow(row);
    return finish(file, text, message);
}

bool pamstream_parse_tuples(const struct pamstream_header *header, const char *text, size_t size,
                            unsigned int columns, uint8_t *samples, struct pamstream_message *message) {
    return read_rows(header, format_of(header), text, size, columns, 1, samples, message);
}

bool pamstream_format_tuples(const struct pamstream_header *header, const uint8_t *samples, unsigned int columns,
                             unsigned int rows, unsigned int columns_per_line, struct pamstream_text *text,
                             struct pamstream_message *message) {
    return write_rows(header, format_of(header), samples, columns, rows, columns_per_line, text, message);
}

static const struct pamstream_header bitmap = {.depth = 1, .maxval = 1, .magic = '4'};

bool pamstream_unpack_bits(const uint8_t *bits, unsigned int columns, unsigned int rows, uint8_t *samples,
                           struct pamstream_message *message) {
    size_t const size = ((size_t)columns + 7) / 8 * rows;
    return read_rows(&bitmap, RPBM_FORMAT, bits, size, columns, rows, samples, message);
}

bool pamstream_pack_bits(const uint8_t *samples, unsigned int columns, unsigned int rows,
                         struct pamstream_text *text, struct pamstream_message *message) {
    return write_rows(&bitmap, RPBM_FORMAT, samples, columns, rows, columns, text, message);
}
