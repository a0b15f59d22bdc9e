/* Runs the kernels on numbers of its own and prints a hash of all results, for two machines to be compared by. Fails where
 * the variant that the machine chooses and the baseline differ in a bit. */

#include "CKernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS = 64, CENTROIDS = 24, DIMENSIONS = 8, MOMENTS = 12 };

static uint64_t state = 1;
static uint64_t hash = 0xcbf29ce484222325;

/* A float of 0 to 255 with some fraction bits. */
static float number(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (float)(state >> 48) / 257.0f;
}

static void fill(float *numbers, size_t count) {
    for (size_t i = 0; i < count; i++) numbers[i] = number();
}

/* FNV-1a. */
static void take(const void *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3;
}

static void check(const char *name, const void *best, const void *baseline, size_t count) {
    if (memcmp(best, baseline, count) != 0) {
        fprintf(stderr, "%s differs from its baseline\n", name);
        exit(1);
    }
    take(best, count);
}

static void try(ptrdiff_t dimension, ptrdiff_t centroid_count) {
    static float cell_planes[DIMENSIONS * CELLS], weights[CELLS], moments[MOMENTS * CELLS];
    static float centroid_planes[DIMENSIONS * CENTROIDS];
    fill(cell_planes, DIMENSIONS * CELLS);
    fill(weights, CELLS);
    fill(moments, MOMENTS * CELLS);
    fill(centroid_planes, DIMENSIONS * CENTROIDS);
    const struct kernels_cells cells = {cell_planes, CELLS, weights, CELLS, dimension};
    const struct kernels_centroids centroids = {centroid_planes, CENTROIDS, centroid_count};

    double sums[2][MOMENTS * CENTROIDS] = {{0}};
    int32_t owners[2][CELLS], moved[CELLS];
    float inertia[2];
    memset(owners, -1, sizeof owners);
    inertia[0] = kernels_add_up(cells, moments, centroids, owners[0], sums[0]);
    inertia[1] = kernels_add_up_baseline(cells, moments, centroids, owners[1], sums[1]);
    check("kernels_add_up", sums[0], sums[1], sizeof sums[0]);
    check("kernels_add_up", owners[0], owners[1], sizeof owners[0]);
    check("kernels_add_up", &inertia[0], &inertia[1], sizeof inertia[0]);

    for (int i = 0; i < CELLS; i++) moved[i] = i % 5 == 0 ? (int32_t)(i % centroid_count) : owners[0][i];
    kernels_relabel(dimension, CELLS, moved, owners[0], moments, sums[0]);
    kernels_relabel_baseline(dimension, CELLS, moved, owners[1], moments, sums[1]);
    check("kernels_relabel", sums[0], sums[1], sizeof sums[0]);
    check("kernels_relabel", owners[0], moved, sizeof moved);
    check("kernels_relabel", owners[1], moved, sizeof moved);

    int32_t numbers[CENTROIDS], labels[4][CELLS] = {{0}};
    float squares[4][CELLS] = {{0}};
    for (int i = 0; i < CENTROIDS; i++) numbers[i] = 1000 - 7 * i;
    for (int wants_second = 0; wants_second <= (centroid_count > 1); wants_second++) {
        const struct kernels_labels none = {NULL, NULL};
        const struct kernels_labels second[2] = {{labels[2], squares[2]}, {labels[3], squares[3]}};
        inertia[0] = kernels_label(cells, centroids, numbers, (struct kernels_labels){labels[0], squares[0]},
                                   wants_second ? second[0] : none);
        inertia[1] = kernels_label_baseline(cells, centroids, numbers,
                                            (struct kernels_labels){labels[1], squares[1]},
                                            wants_second ? second[1] : none);
        check("kernels_label", labels[0], labels[1], sizeof labels[0]);
        check("kernels_label", squares[0], squares[1], sizeof squares[0]);
        check("kernels_label", labels[2], labels[3], sizeof labels[2]);
        check("kernels_label", squares[2], squares[3], sizeof squares[2]);
        check("kernels_label", &inertia[0], &inertia[1], sizeof inertia[0]);

        float distances[2][CENTROIDS] = {{0}};
        for (int cell = 0; cell < CELLS; cell++) {
            inertia[0] = kernels_measure(centroids, dimension, cell_planes + cell, CELLS, wants_second, distances[0]);
            inertia[1] =
                kernels_measure_baseline(centroids, dimension, cell_planes + cell, CELLS, wants_second, distances[1]);
            check("kernels_measure", distances[0], distances[1], (size_t)centroid_count * sizeof(float));
            check("kernels_measure", &inertia[0], &inertia[1], sizeof inertia[0]);
        }
    }
}

int main(void) {
    for (ptrdiff_t dimension = 1; dimension <= DIMENSIONS; dimension++) {
        for (ptrdiff_t count = 1; count <= CENTROIDS; count++) try(dimension, count);
    }
    printf("%016llx\n", (unsigned long long)hash);
    return 0;
}
