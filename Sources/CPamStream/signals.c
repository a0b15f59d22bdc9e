#define _XOPEN_SOURCE 700

#include "CPamStream.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { slot_count = 8 };

/* The paths of the files to unlink. A path is complete before it is stored, because the handler may run at any time. */
static _Atomic(char *) slots[slot_count];

static const int signals[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE, SIGALRM,
                              SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ};

/* Unlinks the files and raises the signal again. Its action has been reset to the default by SA_RESETHAND, so it ends
 * the program when the handler returns. */
static void unlink_files(int number) {
    for (int index = 0; index < slot_count; ++index) {
        char *const path = atomic_exchange(&slots[index], NULL);
        if (path)
            unlink(path);
    }
    raise(number);
}

/* Whether the handler may be installed for a signal. A signal that is ignored (nohup) or has another handler is left
 * alone, except SIGQUIT: the Swift runtime may have installed a handler that prints a backtrace, but SIGQUIT has to end
 * the program. */
static int is_free(int number) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) != 0)
        return 0;
    if (!(action.sa_flags & SA_SIGINFO) && action.sa_handler == SIG_DFL)
        return 1;
    return number == SIGQUIT && ((action.sa_flags & SA_SIGINFO) || action.sa_handler != SIG_IGN);
}

static void install_handlers(void) {
    for (size_t index = 0; index < sizeof signals / sizeof *signals; ++index) {
        struct sigaction action;
        if (!is_free(signals[index]))
            continue;
        memset(&action, 0, sizeof action);
        sigemptyset(&action.sa_mask);
        action.sa_handler = unlink_files;
        action.sa_flags = SA_RESETHAND | SA_RESTART;
        sigaction(signals[index], &action, NULL);
    }
}

int pamstream_unlink_on_signal(const char *path) {
    char *const copy = strdup(path);
    if (!copy)
        return -1;
    for (int index = 0; index < slot_count; ++index) {
        char *expected = NULL;
        if (atomic_compare_exchange_strong(&slots[index], &expected, copy)) {
            install_handlers();
            return index;
        }
    }
    free(copy);
    return -1;
}

void pamstream_keep_on_signal(int ticket) {
    if (ticket >= 0)
        free(atomic_exchange(&slots[ticket], NULL));
}
