#ifndef CKERNELS_H
#define CKERNELS_H

/* The innermost loops of the search, which compare cells with centroids.
 *
 * They are in C because Swift compiles all of a module for one instruction set: each function here is compiled twice,
 * for what every machine has and for AVX2, and chosen as the program runs. Both carry out the same additions,
 * multiplications and comparisons in the same order, and neither fuses a multiplication with an addition, so their
 * results are the same to the last bit; the `_baseline` functions are there for a test to show it.
 *
 * Coordinates lie plane by plane, as many floats apart as `stride` says. Cells come in eights. */

#include <stddef.h>
#include <stdint.h>

/* Floats in the moments of a cell of so many dimensions: its weight, each coordinate times the weight, and zeros up to
 * a multiple of four. */
static inline ptrdiff_t kernels_moment_count(ptrdiff_t dimension) { return (dimension + 4) / 4 * 4; }

/* Cells, to be compared with centroids. */
struct kernels_cells {
    const float *planes;
    ptrdiff_t stride;
    const float *weights;
    ptrdiff_t count; /* a multiple of eight; those that are none have weight 0 */
    ptrdiff_t dimension;
};

/* Centroids, at least one. */
struct kernels_centroids {
    const float *planes;
    ptrdiff_t stride;
    ptrdiff_t count;
};

/* Gives each cell to its nearest centroid, of equals the first.
 *
 * `moments` holds those of each cell, one cell behind the other; those of each cluster are added to `sums`.
 * Returns the inertia. */
float kernels_add_up(struct kernels_cells cells, const float *moments, struct kernels_centroids centroids,
                     float *sums);
float kernels_add_up_baseline(struct kernels_cells cells, const float *moments,
                              struct kernels_centroids centroids, float *sums);

/* For each cell the number of a centroid, from `numbers`, and the squared distance from it. */
struct kernels_labels {
    int32_t *labels;
    float *squares;
};

/* Finds for each cell the nearest centroid and, unless `second.labels` is NULL, the nearest but one, of equals the
 * first; there must be two then. `numbers` says which number each centroid has. Returns the inertia. */
float kernels_label(struct kernels_cells cells, struct kernels_centroids centroids, const int32_t *numbers,
                    struct kernels_labels nearest, struct kernels_labels second);
float kernels_label_baseline(struct kernels_cells cells, struct kernels_centroids centroids,
                             const int32_t *numbers, struct kernels_labels nearest,
                             struct kernels_labels second);

/* Computes the squared distances of all centroids from a point, whose coordinates are `step` apart.
 *
 * There is room in `squares`, and readable coordinates, up to a multiple of eight. Returns the lowest squared
 * distance, or the lowest but one if `wants_second`. */
float kernels_measure(struct kernels_centroids centroids, ptrdiff_t dimension, const float *point,
                      ptrdiff_t step, int wants_second, float *squares);
float kernels_measure_baseline(struct kernels_centroids centroids, ptrdiff_t dimension, const float *point,
                               ptrdiff_t step, int wants_second, float *squares);

/* Asks for the cache line at `address`, which will be read and written soon. Swift has no word for it. */
static inline void kernels_prefetch(const void *address) { __builtin_prefetch(address, 1); }

#endif
