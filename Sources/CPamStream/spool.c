#define _GNU_SOURCE

#include "CPamStream.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Creates a file and unlinks it. Signals are blocked in between, so that none can leave the file behind. The worker
 * threads block all signals anyway. */
static int create_and_unlink(const char *directory) {
    static const char base[] = "/pamkmeans-XXXXXX";
    size_t const size = strlen(directory) + sizeof base;
    char *const path = malloc(size);
    sigset_t all, before;
    int descriptor, error;

    if (!path)
        return -1;
    snprintf(path, size, "%s%s", directory, base);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    descriptor = mkstemp(path);
    error = errno;
    if (descriptor >= 0) {
        unlink(path);
        fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    free(path);
    errno = error;
    return descriptor;
}

int pamstream_open_unnamed(const char *directory) {
    /* At the limit for file sizes, a write has to fail as on a full disk, instead of ending the program. */
    signal(SIGXFSZ, SIG_IGN);
#ifdef O_TMPFILE
    int const descriptor = open(directory, O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
    /* A kernel or file system without unnamed files returns one of these errors. */
    if (descriptor >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL && errno != ENOENT))
        return descriptor;
#endif
    return create_and_unlink(directory);
}
