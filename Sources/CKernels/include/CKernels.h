#ifndef CKERNELS_H
#define CKERNELS_H

/* The innermost loops of the search, which compare cells with centroids.
 *
 * They are in C because Swift compiles a whole module for one instruction set. Here, each function is compiled twice,
 * for the baseline instruction set and for AVX2, and the program chooses at run time. Both versions carry out the same
 * additions, multiplications and comparisons in the same order, and neither fuses a multiplication with an addition.
 * So their results are equal to the last bit. The `_baseline` functions are declared for the test that checks this.
 *
 * Coordinates are stored plane by plane; the planes are `stride` floats apart. Cells are processed eight at a time. */

#include <stddef.h>
#include <stdint.h>

/* Returns the number of floats in the moments of a cell with `dimension` coordinates: its weight, each coordinate times
 * the weight, and zeros up to a multiple of four. */
static inline ptrdiff_t kernels_moment_count(ptrdiff_t dimension) { return (dimension + 4) / 4 * 4; }

/* Cells that are compared with centroids. */
struct kernels_cells {
    const float *planes;
    ptrdiff_t stride;
    const float *weights;
    ptrdiff_t count; /* a multiple of eight; padding has weight 0 */
    ptrdiff_t dimension;
};

/* Centroids, at least one. */
struct kernels_centroids {
    const float *planes;
    ptrdiff_t stride;
    ptrdiff_t count;
};

/* Assigns each cell to its nearest centroid; of equally near ones, to the first.
 *
 * `labels` has the number of each cell's last centroid, or -1, and gets that of the new one. `sums` has the sum of the
 * moments of each centroid's cells. It has to agree with `labels` and is updated. `moments` has the moments of one cell
 * after the other. Returns the inertia. */
float kernels_add_up(struct kernels_cells cells, const float *moments, struct kernels_centroids centroids,
                     int32_t *labels, double *sums);
float kernels_add_up_baseline(struct kernels_cells cells, const float *moments,
                              struct kernels_centroids centroids, int32_t *labels, double *sums);

/* Moves `count` cells, a multiple of eight, from the centroids `labels` to the centroids `winners`. Updates `labels`
 * and `sums` as `kernels_add_up` does. */
void kernels_relabel(ptrdiff_t dimension, ptrdiff_t count, const int32_t *winners, int32_t *labels,
                     const float *moments, double *sums);
void kernels_relabel_baseline(ptrdiff_t dimension, ptrdiff_t count, const int32_t *winners, int32_t *labels,
                              const float *moments, double *sums);

/* For each cell, the number of a centroid, from `numbers`, and the squared distance from it. */
struct kernels_labels {
    int32_t *labels;
    float *squares;
};

/* Finds the nearest centroid of each cell and, unless `second.labels` is NULL, the second nearest, which requires at
 * least two centroids. Of equally near centroids, the first is taken. `numbers` has the number of each centroid.
 * Returns the inertia. */
float kernels_label(struct kernels_cells cells, struct kernels_centroids centroids, const int32_t *numbers,
                    struct kernels_labels nearest, struct kernels_labels second);
float kernels_label_baseline(struct kernels_cells cells, struct kernels_centroids centroids,
                             const int32_t *numbers, struct kernels_labels nearest,
                             struct kernels_labels second);

/* Computes the squared distances of all centroids from a point, whose coordinates are `step` floats apart.
 *
 * `squares` has room for a multiple of eight, and as many coordinates are readable in each plane. Returns the lowest
 * squared distance, or the second lowest if `wants_second`. */
float kernels_measure(struct kernels_centroids centroids, ptrdiff_t dimension, const float *point,
                      ptrdiff_t step, int wants_second, float *squares);
float kernels_measure_baseline(struct kernels_centroids centroids, ptrdiff_t dimension, const float *point,
                               ptrdiff_t step, int wants_second, float *squares);

/* Lists the indices of the squares that are at most `limit`, in order, and returns their number. `indices` has room
 * for `count` of them. Swift compiles this loop with a branch, which is often predicted wrongly. */
static inline ptrdiff_t kernels_select(const float *squares, ptrdiff_t count, float limit, int32_t *indices) {
    ptrdiff_t found = 0;
    for (ptrdiff_t index = 0; index < count; index++) {
        indices[found] = (int32_t)index;
        found += squares[index] <= limit;
    }
    return found;
}

/* Prefetches the cache line at `address`, which will be read and written soon. Swift has no such function. */
static inline void kernels_prefetch(const void *address) { __builtin_prefetch(address, 1); }

#endif
