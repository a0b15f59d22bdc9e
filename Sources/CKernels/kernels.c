#include "CKernels.h"

#include <math.h>

#pragma STDC FP_CONTRACT OFF

/* Eight floats. On a machine with vectors of four floats, the compiler uses two of them. */
typedef float eight __attribute__((vector_size(32), aligned(4)));
typedef int32_t eight_numbers __attribute__((vector_size(32), aligned(4)));
typedef float four __attribute__((vector_size(16), aligned(4)));
typedef double four_doubles __attribute__((vector_size(32), aligned(8)));
typedef int64_t four_pairs __attribute__((vector_size(32), aligned(4), may_alias));

#define ALWAYS_INLINE static inline __attribute__((always_inline))

#if defined(__x86_64__) && defined(__GNUC__)
#define HAS_AVX2_VARIANT 1
#endif

/* Loads and stores by pointer. These are macros, because the way to pass a vector to a function depends on the
 * instruction set. */
#define LOAD(pointer) (*(const eight *)(pointer))
#define STORE(pointer, vector) (*(eight *)(pointer) = (vector))

/* The lanes of `yes` where `mask` is set, those of `no` elsewhere. */
#define CHOOSE(mask, yes, no) \
    ((eight)(((mask) & (eight_numbers)(yes)) | (~(mask) & (eight_numbers)(no))))
#define CHOOSE_NUMBERS(mask, yes, no) (((mask) & (yes)) | (~(mask) & (no)))

#define EIGHT(value) ((eight){(value), (value), (value), (value), (value), (value), (value), (value)})
#define EIGHT_NUMBERS(value) \
    ((eight_numbers){(value), (value), (value), (value), (value), (value), (value), (value)})

/* Declares `sum`: the squared distances from a centroid of the eight cells that begin at `start`. */
#define MEASURE(sum, dimension, cells, start, centroids, centroid)                                      \
    eight sum;                                                                                         \
    do {                                                                                               \
        const eight first_way = LOAD((cells).planes + (start)) - EIGHT((centroids).planes[centroid]);  \
        sum = first_way * first_way;                                                                   \
        for (ptrdiff_t plane = 1; plane < (dimension); plane++) {                                      \
            const eight way = LOAD((cells).planes + plane * (cells).stride + (start)) -                \
                              EIGHT((centroids).planes[plane * (centroids).stride + (centroid)]);      \
            sum += way * way;                                                                          \
        }                                                                                              \
    } while (0)

ALWAYS_INLINE float sum_of(const eight *vector) {
    const float *lanes = (const float *)vector;
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

/* The bodies of the functions. `dimension` is an argument of its own, so that it can be a constant, for which the
 * compiler unrolls loops. */

/* Updates the sums of moments for eight cells, which move from the centroids `labels` to the centroids `winners`. Most
 * often, no cell moves. */
ALWAYS_INLINE void move_moments(ptrdiff_t items, const int32_t *winners, int32_t *labels, const float *moments,
                                double *sums) {
    const eight_numbers change = *(const eight_numbers *)winners ^ *(const eight_numbers *)labels;
    const four_pairs *pairs = (const four_pairs *)&change;
    if (((*pairs)[0] | (*pairs)[1] | (*pairs)[2] | (*pairs)[3]) == 0) {
        return;
    }
    for (int lane = 0; lane < 8; lane++) {
        if (labels[lane] == winners[lane]) {
            continue;
        }
        for (ptrdiff_t item = 0; item < items; item += 4) {
            const four *source = (const four *)(moments + lane * items + item);
            const four_doubles moment = __builtin_convertvector(*source, four_doubles);
            if (labels[lane] >= 0) {
                *(four_doubles *)(sums + labels[lane] * items + item) -= moment;
            }
            *(four_doubles *)(sums + winners[lane] * items + item) += moment;
        }
        labels[lane] = winners[lane];
    }
}

ALWAYS_INLINE float add_up(ptrdiff_t dimension, struct kernels_cells cells, const float *moments,
                           struct kernels_centroids centroids, int32_t *labels, double *sums) {
    const ptrdiff_t items = kernels_moment_count(dimension);
    /* Partial sums are added up in double, so that rounding errors do not hide small gains. */
    double total = 0;
    eight recent = EIGHT(0.0f);
    ptrdiff_t start = 0;
    /* Two vectors at a time: the comparisons of one run while those of the other wait for their results. */
    for (; start + 8 < cells.count; start += 16) {
        eight lowest = EIGHT(INFINITY), next_lowest = EIGHT(INFINITY);
        eight_numbers winners = EIGHT_NUMBERS(0), next_winners = EIGHT_NUMBERS(0);
        for (ptrdiff_t centroid = 0; centroid < centroids.count; centroid++) {
            const eight_numbers number = EIGHT_NUMBERS((int32_t)centroid);
            MEASURE(square, dimension, cells, start, centroids, centroid);
            MEASURE(next_square, dimension, cells, start + 8, centroids, centroid);
            const eight_numbers is_lower = square < lowest;
            const eight_numbers is_next_lower = next_square < next_lowest;
            lowest = CHOOSE(is_lower, square, lowest);
            next_lowest = CHOOSE(is_next_lower, next_square, next_lowest);
            winners = CHOOSE_NUMBERS(is_lower, number, winners);
            next_winners = CHOOSE_NUMBERS(is_next_lower, number, next_winners);
        }
        recent += lowest * LOAD(cells.weights + start);
        recent += next_lowest * LOAD(cells.weights + start + 8);
        if (start % 256 == 240) {
            total += sum_of(&recent);
            recent = EIGHT(0.0f);
        }
        move_moments(items, (const int32_t *)&winners, labels + start, moments + start * items, sums);
        move_moments(items, (const int32_t *)&next_winners, labels + start + 8, moments + (start + 8) * items, sums);
    }
    if (start < cells.count) {
        eight lowest = EIGHT(INFINITY);
        eight_numbers winners = EIGHT_NUMBERS(0);
        for (ptrdiff_t centroid = 0; centroid < centroids.count; centroid++) {
            MEASURE(square, dimension, cells, start, centroids, centroid);
            const eight_numbers is_lower = square < lowest;
            lowest = CHOOSE(is_lower, square, lowest);
            winners = CHOOSE_NUMBERS(is_lower, EIGHT_NUMBERS((int32_t)centroid), winners);
        }
        recent += lowest * LOAD(cells.weights + start);
        move_moments(items, (const int32_t *)&winners, labels + start, moments + start * items, sums);
    }
    return (float)(total + sum_of(&recent));
}

ALWAYS_INLINE void relabel(ptrdiff_t items, ptrdiff_t count, const int32_t *winners, int32_t *labels,
                           const float *moments, double *sums) {
    for (ptrdiff_t start = 0; start < count; start += 8) {
        move_moments(items, winners + start, labels + start, moments + start * items, sums);
    }
}

ALWAYS_INLINE float label(ptrdiff_t dimension, int wants_second, struct kernels_cells cells,
                          struct kernels_centroids centroids, const int32_t *numbers,
                          struct kernels_labels nearest, struct kernels_labels second) {
    eight total = EIGHT(0.0f);
    for (ptrdiff_t start = 0; start < cells.count; start += 8) {
        eight lowest = EIGHT(INFINITY);
        eight next = EIGHT(INFINITY);
        eight_numbers lowest_place = EIGHT_NUMBERS(0);
        eight_numbers next_place = EIGHT_NUMBERS(0);
        for (ptrdiff_t centroid = 0; centroid < centroids.count; centroid++) {
            MEASURE(square, dimension, cells, start, centroids, centroid);
            const eight_numbers place = EIGHT_NUMBERS((int32_t)centroid);
            const eight_numbers is_lowest = square < lowest;
            if (wants_second) {
                const eight_numbers is_next = square < next;
                next = CHOOSE(is_next, square, next);
                next_place = CHOOSE_NUMBERS(is_next, place, next_place);
                next = CHOOSE(is_lowest, lowest, next);
                next_place = CHOOSE_NUMBERS(is_lowest, lowest_place, next_place);
            }
            lowest = CHOOSE(is_lowest, square, lowest);
            lowest_place = CHOOSE_NUMBERS(is_lowest, place, lowest_place);
        }
        total += lowest * LOAD(cells.weights + start);
        STORE(nearest.squares + start, lowest);
        for (int lane = 0; lane < 8; lane++) {
            nearest.labels[start + lane] = numbers[lowest_place[lane]];
        }
        if (wants_second) {
            STORE(second.squares + start, next);
            for (int lane = 0; lane < 8; lane++) {
                second.labels[start + lane] = numbers[next_place[lane]];
            }
        }
    }
    return sum_of(&total);
}

ALWAYS_INLINE float measure(ptrdiff_t dimension, struct kernels_centroids centroids, const float *point,
                            ptrdiff_t step, int wants_second, float *squares) {
    eight lowest = EIGHT(INFINITY);
    eight next = EIGHT(INFINITY);
    for (ptrdiff_t start = 0; start < centroids.count; start += 8) {
        eight sum = EIGHT(0.0f);
        for (ptrdiff_t plane = 0; plane < dimension; plane++) {
            const eight way = LOAD(centroids.planes + plane * centroids.stride + start) - EIGHT(point[plane * step]);
            sum += way * way;
        }
        STORE(squares + start, sum);
        for (ptrdiff_t lane = centroids.count - start; lane < 8; lane++) {
            squares[start + lane] = INFINITY;
        }
        sum = LOAD(squares + start);
        const eight_numbers is_lowest = sum < lowest;
        const eight larger = CHOOSE(is_lowest, lowest, sum);
        lowest = CHOOSE(is_lowest, sum, lowest);
        next = CHOOSE(larger < next, larger, next);
    }
    float first = INFINITY;
    float after = INFINITY;
    for (int lane = 0; lane < 8; lane++) {
        const float larger = lowest[lane] < first ? first : lowest[lane];
        first = lowest[lane] < first ? lowest[lane] : first;
        after = larger < after ? larger : after;
        after = next[lane] < after ? next[lane] : after;
    }
    return wants_second ? after : first;
}

/* Calls a body with the dimension as a constant if it is at most 4. */
#define WITH_DIMENSION(value, call)            \
    switch (value) {                           \
    case 1: { enum { dimension = 1 }; call; }  \
    case 2: { enum { dimension = 2 }; call; }  \
    case 3: { enum { dimension = 3 }; call; }  \
    case 4: { enum { dimension = 4 }; call; }  \
    default: { const ptrdiff_t dimension = (value); call; } \
    }

/* Defines the functions for one instruction set, with names that end in `suffix`. */
#define DEFINE_KERNELS(linkage, suffix)                                                                       \
    linkage float kernels_add_up##suffix(struct kernels_cells cells, const float *moments,                    \
                                         struct kernels_centroids centroids, int32_t *labels, double *sums) { \
        WITH_DIMENSION(cells.dimension, return add_up(dimension, cells, moments, centroids, labels, sums))    \
    }                                                                                                         \
    linkage void kernels_relabel##suffix(ptrdiff_t dimension_count, ptrdiff_t count, const int32_t *winners,  \
                                         int32_t *labels, const float *moments, double *sums) {               \
        WITH_DIMENSION(dimension_count,                                                                       \
                       relabel(kernels_moment_count(dimension), count, winners, labels, moments, sums);       \
                       return)                                                                                \
    }                                                                                                         \
    linkage float kernels_label##suffix(struct kernels_cells cells, struct kernels_centroids centroids,       \
                                        const int32_t *numbers, struct kernels_labels nearest,                \
                                        struct kernels_labels second) {                                       \
        if (second.labels == NULL) {                                                                          \
            WITH_DIMENSION(cells.dimension, return label(dimension, 0, cells, centroids, numbers, nearest, second)) \
        }                                                                                                     \
        WITH_DIMENSION(cells.dimension, return label(dimension, 1, cells, centroids, numbers, nearest, second)) \
    }                                                                                                         \
    linkage float kernels_measure##suffix(struct kernels_centroids centroids, ptrdiff_t dimension_count,      \
                                          const float *point, ptrdiff_t step, int wants_second,               \
                                          float *squares) {                                                   \
        WITH_DIMENSION(dimension_count, return measure(dimension, centroids, point, step, wants_second, squares)) \
    }

DEFINE_KERNELS(, _baseline)

#if HAS_AVX2_VARIANT
DEFINE_KERNELS(__attribute__((target("avx2"))) static, _avx2)
#define BEST(name, ...) \
    (__builtin_cpu_supports("avx2") ? name##_avx2(__VA_ARGS__) : name##_baseline(__VA_ARGS__))
#else
#define BEST(name, ...) name##_baseline(__VA_ARGS__)
#endif

float kernels_add_up(struct kernels_cells cells, const float *moments, struct kernels_centroids centroids,
                     int32_t *labels, double *sums) {
    return BEST(kernels_add_up, cells, moments, centroids, labels, sums);
}

void kernels_relabel(ptrdiff_t dimension, ptrdiff_t count, const int32_t *winners, int32_t *labels,
                     const float *moments, double *sums) {
    BEST(kernels_relabel, dimension, count, winners, labels, moments, sums);
}

float kernels_label(struct kernels_cells cells, struct kernels_centroids centroids, const int32_t *numbers,
                    struct kernels_labels nearest, struct kernels_labels second) {
    return BEST(kernels_label, cells, centroids, numbers, nearest, second);
}

float kernels_measure(struct kernels_centroids centroids, ptrdiff_t dimension, const float *point,
                      ptrdiff_t step, int wants_second, float *squares) {
    return BEST(kernels_measure, centroids, dimension, point, step, wants_second, squares);
}
