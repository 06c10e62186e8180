/* A disk that fails on demand: preloaded into an engine, it stands between SQLite and the C library.

   Runs in     every process of an engine started with LD_PRELOAD naming it
   Reads       FAULTY_DISK_BELOW (a directory) and FAULTY_DISK_CONTROL (a file of 64-bit words, see the enum, mapped)
   Writes      the words `SPARED`, `LEFT` and `STRUCK` of that file
   Ends when   its process ends

   Only SQLite's files below the directory are touched; what a descriptor stands for is asked of the kernel at each
   call, for numbers are used again. While nothing is wrong (`LEFT` is 0) a call costs one look at a word.

   A write that fails leaves `PERCENT` of its bytes behind, all of them perhaps: that is what a disk may do, and more
   than a clean refusal asks of those who come back. A read-only file system takes nothing at all. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { LEFT, SPARED, STRUCK, ERROR, MILLISECONDS, OPERATIONS, FILES, PERCENT, WORDS };
enum { WRITE = 1, SYNC = 2, TRUNCATE = 4, OPEN = 8 };
enum { DAY = 1, WAL = 2, SHM = 4, JOURNAL = 8 };

static int64_t *control;
static char below[PATH_MAX];

#define REAL(name) \
  ({ \
    static __typeof__(&name) real; \
    if (real == NULL) \
      real = (__typeof__(&name))dlsym(RTLD_NEXT, #name); \
    real; \
  })

__attribute__((constructor)) static void begin(void)
{
  const char *path = getenv("FAULTY_DISK_CONTROL"), *directory = getenv("FAULTY_DISK_BELOW");
  if (path == NULL || directory == NULL || strlen(directory) + 2 > sizeof below)
    return;
  snprintf(below, sizeof below, "%s/", directory);
  int fd = REAL(open)(path, O_RDWR | O_CLOEXEC);
  if (fd < 0)
    abort(); /* a test that believes in faults which never come would hold nothing */
  void *mapped = mmap(NULL, WORDS * sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped == MAP_FAILED)
    abort();
  control = mapped;
}

static int64_t word(int place)
{
  return __atomic_load_n(&control[place], __ATOMIC_SEQ_CST);
}

static int ends_in(const char *path, const char *suffix)
{
  size_t length = strlen(path), tail = strlen(suffix);
  return length >= tail && strcmp(path + length - tail, suffix) == 0;
}

static int kind_of(const char *path)
{
  if (strncmp(path, below, strlen(below)) != 0)
    return 0;
  return ends_in(path, ".db") * DAY | ends_in(path, ".db-wal") * WAL | ends_in(path, ".db-shm") * SHM |
         ends_in(path, ".db-journal") * JOURNAL;
}

static int kind_behind(int fd)
{
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0)
    return 0;
  path[length] = 0;
  return kind_of(path);
}

/* Takes one from a counter of the control file unless it is used up; 0 when it is. Negative ones never end. */
static int take(int place)
{
  int64_t now = word(place);
  while (now > 0 && !__atomic_compare_exchange_n(&control[place], &now, now - 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
    ;
  return now != 0;
}

/* Whether this call fails: the error number, or 0. A slow disk waits here. */
static int fault(int operation, int fd, const char *path)
{
  int saved = errno;
  if (control == NULL || word(LEFT) == 0 || !(word(OPERATIONS) & operation))
    return 0;
  int kind = path != NULL ? kind_of(path) : kind_behind(fd);
  errno = saved;
  if (!(word(FILES) & kind) || take(SPARED) || !take(LEFT))
    return 0;
  __atomic_add_fetch(&control[STRUCK], 1, __ATOMIC_SEQ_CST);
  int64_t milliseconds = word(MILLISECONDS);
  struct timespec nap = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  nanosleep(&nap, NULL);
  return (int)word(ERROR);
}

static int refuse(int error)
{
  errno = error;
  return -1;
}

/* -- writing ------------------------------------------------------------------------------------------------------ */

ssize_t pwrite64(int fd, const void *data, size_t bytes, off64_t offset)
{
  int error = fault(WRITE, fd, NULL);
  if (error != EROFS) {
    ssize_t written = REAL(pwrite64)(fd, data, error ? bytes * (size_t)word(PERCENT) / 100 : bytes, offset);
    if (error == 0 || written < 0)
      return written;
  }
  return refuse(error);
}

ssize_t pwrite(int fd, const void *data, size_t bytes, off_t offset)
{
  return pwrite64(fd, data, bytes, offset);
}

ssize_t write(int fd, const void *data, size_t bytes)
{
  int error = fault(WRITE, fd, NULL);
  return error ? refuse(error) : REAL(write)(fd, data, bytes);
}

int ftruncate64(int fd, off64_t bytes)
{
  int error = fault(TRUNCATE, fd, NULL);
  return error ? refuse(error) : REAL(ftruncate64)(fd, bytes);
}

int ftruncate(int fd, off_t bytes)
{
  return ftruncate64(fd, bytes);
}

/* -- syncing ------------------------------------------------------------------------------------------------------ */

int fsync(int fd)
{
  int error = fault(SYNC, fd, NULL);
  return error ? refuse(error) : REAL(fsync)(fd);
}

int fdatasync(int fd)
{
  int error = fault(SYNC, fd, NULL);
  return error ? refuse(error) : REAL(fdatasync)(fd);
}

/* -- opening: to write; a file that is there can be read all the time --------------------------------------------- */

static int open_at(int directory, const char *path, int flags, mode_t mode)
{
  int error = flags & (O_WRONLY | O_RDWR | O_CREAT) ? fault(OPEN, -1, path) : 0;
  return error ? refuse(error) : REAL(openat64)(directory, path, flags, mode);
}

#define MODE_OF(flags, mode) \
  mode_t mode = 0; \
  if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) { \
    va_list rest; \
    va_start(rest, flags); \
    mode = va_arg(rest, mode_t); \
    va_end(rest); \
  }

int open64(const char *path, int flags, ...)
{
  MODE_OF(flags, mode)
  return open_at(AT_FDCWD, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
  MODE_OF(flags, mode)
  return open_at(AT_FDCWD, path, flags, mode);
}

int openat64(int directory, const char *path, int flags, ...)
{
  MODE_OF(flags, mode)
  return open_at(directory, path, flags, mode);
}

int openat(int directory, const char *path, int flags, ...)
{
  MODE_OF(flags, mode)
  return open_at(directory, path, flags, mode);
}
