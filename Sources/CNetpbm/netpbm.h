#ifndef CNETPBM_NETPBM_H
#define CNETPBM_NETPBM_H

/* Debian keeps the headers in a directory of their own; an installation from source may not. */
#if __has_include(<netpbm/pam.h>)
#include <netpbm/pam.h>
#else
#include <pam.h>
#endif

#endif
