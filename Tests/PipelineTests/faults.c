/* A library to be preloaded, which has system calls of the program fail.
 *
 * FAULT says what happens and when:
 *   "NAME N CODE"    the N-th call of NAME (read, write, pread, open, close, lseek, fstat, rename, fchmod, memory,
 *                    thread), counted from 1, fails with this errno;
 *   "bytes N CODE"   writes fail with this errno after N bytes, the last that passes cut short;
 *   "signal N S"     the N-th of all these calls raises signal S first;
 *   "short N 0"      no read or write transfers more than N bytes;
 *   "nothread N CODE" no thread is made after the N-th;
 *   "again 2 CODE"   every second read, write and pread fails with this errno, EINTR or EAGAIN.
 * The file named by FAULT_MARK is created when it has happened. Standard error is left alone. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char kind[16];
static long limit;
static int code;
static long count;
static long call_count;

__attribute__((constructor)) static void read_fault(void) {
    const char *const text = getenv("FAULT");
    if (text && sscanf(text, "%15s %ld %d", kind, &limit, &code) != 3)
        abort();
}

static void mark(void) {
    const char *const path = getenv("FAULT_MARK");
    if (path)
        syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT, 0600));
}

static bool is(const char *name) {
    return strcmp(kind, name) == 0;
}

/* Whether this call is to fail; errno is set then. */
static bool fails(const char *name, bool may_come_again) {
    if (is("signal") && __atomic_add_fetch(&call_count, 1, __ATOMIC_SEQ_CST) == limit) {
        mark();
        raise(code);
    }
    if (!(is(name) && __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST) == limit) &&
        !(may_come_again && is("again") && __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST) % limit == 0))
        return false;
    mark();
    errno = code;
    return true;
}

static size_t shortened(size_t size) {
    if (is("short") && size > (size_t)limit) {
        mark();
        return (size_t)limit;
    }
    return size;
}

#define NEXT(type, name) ((type)dlsym(RTLD_NEXT, name))

ssize_t read(int descriptor, void *bytes, size_t size) {
    return fails("read", true) ? -1 : syscall(SYS_read, descriptor, bytes, shortened(size));
}

ssize_t pread(int descriptor, void *bytes, size_t size, off_t offset) {
    return fails("pread", true) ? -1 : syscall(SYS_pread64, descriptor, bytes, shortened(size), offset);
}

ssize_t pread64(int descriptor, void *bytes, size_t size, off64_t offset) {
    return pread(descriptor, bytes, size, offset);
}

ssize_t write(int descriptor, const void *bytes, size_t size) {
    if (descriptor == STDERR_FILENO)
        return syscall(SYS_write, descriptor, bytes, size);
    if (fails("write", true))
        return -1;
    if (is("bytes") && size > 0) {
        if (count >= limit) {
            mark();
            errno = code;
            return -1;
        }
        if (size > (size_t)(limit - count))
            size = (size_t)(limit - count);
    }
    ssize_t const written = syscall(SYS_write, descriptor, bytes, shortened(size));
    if (is("bytes") && written > 0)
        count += written;
    return written;
}

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    int const mode = flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, int) : 0;
    va_end(arguments);
    return fails("open", false) ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    int const mode = flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, int) : 0;
    va_end(arguments);
    return open(path, flags, mode);
}

/* As on Linux the descriptor is closed even if that fails. */
int close(int descriptor) {
    bool const failing = fails("close", false);
    int const error = errno;
    int const result = (int)syscall(SYS_close, descriptor);
    if (failing)
        errno = error;
    return failing ? -1 : result;
}

off_t lseek(int descriptor, off_t offset, int whence) {
    return fails("lseek", false) ? -1 : syscall(SYS_lseek, descriptor, offset, whence);
}

int fstat(int descriptor, struct stat *status) {
    return fails("fstat", false) ? -1 : (int)syscall(SYS_newfstatat, descriptor, "", status, 0x1000);
}

off64_t lseek64(int descriptor, off64_t offset, int whence) {
    return lseek(descriptor, offset, whence);
}

int fstat64(int descriptor, struct stat64 *status) {
    return fstat(descriptor, (struct stat *)status);
}

int rename(const char *from, const char *to) {
    return fails("rename", false) ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int fchmod(int descriptor, mode_t mode) {
    return fails("fchmod", false) ? -1 : (int)syscall(SYS_fchmod, descriptor, mode);
}

/* Memory that the program asks for itself; malloc's and the threads' own does not come through here. What the Swift
 * runtime asks for to hold its objects, which is small, is aligned to 16 bytes, and what `Storage` wants to 64. */
void *mmap(void *address, size_t size, int protection, int flags, int descriptor, off_t offset) {
    if (fails("memory", false))
        return MAP_FAILED;
    return (void *)syscall(SYS_mmap, address, size, protection, flags, descriptor, offset);
}

void *mmap64(void *address, size_t size, int protection, int flags, int descriptor, off64_t offset) {
    return mmap(address, size, protection, flags, descriptor, offset);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    if (alignment >= 64 && fails("memory", false))
        return code;
    return NEXT(int (*)(void **, size_t, size_t), "posix_memalign")(memory, alignment, size);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument) {
    if (fails("thread", false))
        return code;
    if (is("nothread") && __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST) >= limit) {
        mark();
        return code;
    }
    return NEXT(int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *),
                "pthread_create")(thread, attributes, body, argument);
}
