// Records, in order, every write, truncation, sync and change of a name below one folder, so that a test can work out what a disk may
// hold after a power cut at any moment. Loaded with LD_PRELOAD; TUNDUK_CUT_ROOT names the folder, TUNDUK_CUT_LOG the record. While the
// file TUNDUK_CUT_READONLY exists, every write and sync there fails as on a volume that turned read-only. The file
// TUNDUK_CUT_MOUNTS stands for the table of mounts.
//
// A record: operation (1), inode (8), offset or size (8), lengths of two byte strings (4 each), the strings. Little-endian.
//   W write   T truncate   S sync   C file made (path)   D folder synced (path)   R renamed (from, to)   L linked (from, to)   U removed (path)
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t gate = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static const char *root;
static const char *readonly;
static int record = -1;

static void __attribute__((constructor)) begin(void) {
  root = getenv("TUNDUK_CUT_ROOT");
  readonly = getenv("TUNDUK_CUT_READONLY");
  const char *path = getenv("TUNDUK_CUT_LOG");
  if (root && path)
    record = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void raw(const void *bytes, size_t length) {
  const char *at = bytes;
  while (length > 0) {
    long done = syscall(SYS_write, record, at, length);
    if (done <= 0) abort();
    at += done;
    length -= (size_t)done;
  }
}

static void note(char operation, uint64_t inode, uint64_t number, const void *first, uint32_t firstLength, const void *second, uint32_t secondLength) {
  char head[25];
  head[0] = operation;
  memcpy(head + 1, &inode, 8);
  memcpy(head + 9, &number, 8);
  memcpy(head + 17, &firstLength, 4);
  memcpy(head + 21, &secondLength, 4);
  raw(head, sizeof head);
  if (firstLength) raw(first, firstLength);
  if (secondLength) raw(second, secondLength);
}

// The file's inode when it lies below the folder, else 0; its path when that is asked for.
static uint64_t tracked(int fd, char *path, int *isFolder) {
  if (record < 0 || fd == record) return 0;
  char link[64], found[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, found, sizeof found - 1);
  if (length <= 0) return 0;
  found[length] = 0;
  if (strncmp(found, root, strlen(root)) != 0) return 0;
  struct stat status;
  if (fstat(fd, &status) != 0) return 0;
  if (isFolder) *isFolder = S_ISDIR(status.st_mode);
  if (path) strcpy(path, found);
  return (uint64_t)status.st_ino;
}

static int refused(uint64_t inode) {
  if (!inode || !readonly || access(readonly, F_OK) != 0) return 0;
  errno = EROFS;
  return 1;
}

static int below(const char *path) { return record >= 0 && path && strncmp(path, root, strlen(root)) == 0; }

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

// What lies elsewhere passes without the lock: opening a pipe may wait for ever.
static int opened(int folder, const char *path, int flags, mode_t mode) {
  const char *mounts = path && strcmp(path, "/proc/self/mountinfo") == 0 ? getenv("TUNDUK_CUT_MOUNTS") : NULL;
  if (!below(path)) return (int)syscall(SYS_openat, folder, mounts ? mounts : path, flags, mode);
  pthread_mutex_lock(&gate);
  struct stat status;
  int made = (flags & O_CREAT) && lstat(path, &status) != 0;
  int fd = (int)syscall(SYS_openat, folder, path, flags, mode);
  int error = errno;
  if (fd >= 0 && made && fstat(fd, &status) == 0) note('C', (uint64_t)status.st_ino, 0, path, (uint32_t)strlen(path), NULL, 0);
  if (fd >= 0 && !made && (flags & O_TRUNC) && fstat(fd, &status) == 0) note('T', (uint64_t)status.st_ino, 0, NULL, 0, NULL, 0);
  pthread_mutex_unlock(&gate);
  errno = error;
  return fd;
}

#define OPEN(name)                                    \
  int name(const char *path, int flags, ...) {        \
    va_list rest;                                     \
    va_start(rest, flags);                            \
    mode_t mode = va_arg(rest, mode_t);               \
    va_end(rest);                                     \
    return opened(AT_FDCWD, path, flags, mode);       \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                          \
  int name(int folder, const char *path, int flags, ...) {    \
    va_list rest;                                             \
    va_start(rest, flags);                                    \
    mode_t mode = va_arg(rest, mode_t);                       \
    va_end(rest);                                             \
    return opened(folder, path, flags, mode);                 \
  }
OPENAT(openat)
OPENAT(openat64)

static ssize_t wrote(int fd, const void *bytes, size_t length, off_t at, int positioned) {
  uint64_t inode = tracked(fd, NULL, NULL);
  if (!inode) return positioned ? syscall(SYS_pwrite64, fd, bytes, length, at) : syscall(SYS_write, fd, bytes, length);
  pthread_mutex_lock(&gate);
  if (refused(inode)) {
    pthread_mutex_unlock(&gate);
    errno = EROFS;
    return -1;
  }
  off_t offset = positioned ? at : lseek(fd, 0, SEEK_CUR);
  ssize_t done = positioned ? syscall(SYS_pwrite64, fd, bytes, length, at) : syscall(SYS_write, fd, bytes, length);
  int error = errno;
  if (done > 0) note('W', inode, (uint64_t)offset, bytes, (uint32_t)done, NULL, 0);
  pthread_mutex_unlock(&gate);
  errno = error;
  return done;
}

ssize_t write(int fd, const void *bytes, size_t length) { return wrote(fd, bytes, length, 0, 0); }
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return wrote(fd, bytes, length, at, 1); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) { return wrote(fd, bytes, length, at, 1); }

ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t at) {
  ssize_t all = 0;
  for (int i = 0; i < count; i++) {
    ssize_t done = wrote(fd, pieces[i].iov_base, pieces[i].iov_len, at + all, 1);
    if (done < 0) return all ? all : done;
    all += done;
  }
  return all;
}
ssize_t pwritev64(int fd, const struct iovec *pieces, int count, off64_t at) { return pwritev(fd, pieces, count, at); }

static int cut(int fd, off_t size) {
  pthread_mutex_lock(&gate);
  uint64_t inode = tracked(fd, NULL, NULL);
  int result = refused(inode) ? -1 : (int)syscall(SYS_ftruncate, fd, size);
  int error = errno;
  if (inode && result == 0) note('T', inode, (uint64_t)size, NULL, 0, NULL, 0);
  pthread_mutex_unlock(&gate);
  errno = error;
  return result;
}
int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off64_t size) { return cut(fd, size); }

static int synced(int fd, int number) {
  pthread_mutex_lock(&gate);
  char path[PATH_MAX];
  int isFolder = 0;
  uint64_t inode = tracked(fd, path, &isFolder);
  int result = refused(inode) ? -1 : (int)syscall(number, fd);
  int error = errno;
  if (inode && result == 0) note(isFolder ? 'D' : 'S', inode, 0, path, (uint32_t)strlen(path), NULL, 0);
  pthread_mutex_unlock(&gate);
  errno = error;
  return result;
}
int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

#define NAMES(name, operation)                                                                                       \
  int name(const char *from, const char *to) {                                                                      \
    pthread_mutex_lock(&gate);                                                                                       \
    int result = REAL(name)(from, to);                                                                               \
    int error = errno;                                                                                               \
    if (result == 0 && below(from)) note(operation, 0, 0, from, (uint32_t)strlen(from), to, (uint32_t)strlen(to));    \
    pthread_mutex_unlock(&gate);                                                                                     \
    errno = error;                                                                                                   \
    return result;                                                                                                   \
  }
NAMES(rename, 'R')
NAMES(link, 'L')

int unlink(const char *path) {
  pthread_mutex_lock(&gate);
  int result = REAL(unlink)(path);
  int error = errno;
  if (result == 0 && below(path)) note('U', 0, 0, path, (uint32_t)strlen(path), NULL, 0);
  pthread_mutex_unlock(&gate);
  errno = error;
  return result;
}
