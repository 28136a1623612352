/*
 * A disk that records, fails or ends the process, between SQLite and the kernel: loaded with LD_PRELOAD into a process of the
 * proof. It looks only at files below the folder FAULTDISK_FOLDER, and leaves SQLite's shared memory and the file of the sync
 * lock alone, since neither has to survive anything.
 *
 * A durable operation is one that changes what a disk holds or waits for it: creating, writing, truncating, syncing, removing or
 * renaming a file. They are counted and happen one after the other.
 *
 * FAULTDISK_LOG    every durable operation is appended to this file; FaultLog.java reads it and documents its records
 * FAULTDISK_ARM    a command that holds from the start, as below
 * FAULTDISK_FOLDER/control is no file: each line that is written to it is a command
 *   fail N ERRNO once|ever PREFIX       the Nth operation from now on files with such a name fails; or all from it on
 *   failsync N ERRNO once|ever PREFIX   the same, and only syncs count
 *   kill N before|after|torn PREFIX     SIGKILL there; torn: a write or truncation got half-way
 *   off                                 no faults; the count begins again
 *   count PREFIX                        the same, and only such files are counted
 *   status FILE                         writes "COUNT MET\n" to a file: operations counted, faults that struck
 *   ack TEXT                            a record in the log: what the application was told, in order with the operations
 * PREFIX may be left out: any file.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FDS = 65536, FILES = 65536, NAME = 256, NONE = 0, CONTROL = -1, FOLDER = -2 };
enum { FAIL_ONCE = 1, FAIL_EVER, KILL_BEFORE, KILL_AFTER, KILL_TORN };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[1024];
static size_t folder_length;
static int log_fd = -1;
static int of_fd[FDS];          /* a file's number, or NONE, CONTROL, FOLDER */
static char names[FILES][NAME]; /* by number; empty once it is removed */
static int files;               /* numbers that were given; the first is 1 */

static int mode;
static long at;
static int error;
static char prefix[NAME];
static int syncs_only;
static long counted;
static long met;

static void command(char *line);

__attribute__((constructor)) static void begin(void) {
    const char *where = getenv("FAULTDISK_FOLDER");
    if (where == NULL || strlen(where) >= sizeof folder) {
        return;
    }
    const char *log = getenv("FAULTDISK_LOG");
    if (log != NULL) {
        log_fd = (int) syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
    const char *arm = getenv("FAULTDISK_ARM");
    if (arm != NULL) {
        char line[512];
        snprintf(line, sizeof line, "%s", arm);
        command(line);
    }
    strcpy(folder, where);
    folder_length = strlen(where);
}

/* The name of a file in the folder that is looked at, or NULL. */
static const char *watched(const char *path) {
    if (folder_length == 0 || path == NULL || strncmp(path, folder, folder_length) != 0 || path[folder_length] != '/') {
        return NULL;
    }
    const char *name = path + folder_length + 1;
    size_t length = strlen(name);
    int ignored = length == 0 || length >= NAME || strchr(name, '/') != NULL
            || (length > 4 && strcmp(name + length - 4, "-shm") == 0)
            || (length > 12 && strcmp(name + length - 12, "-godwit-sync") == 0);
    return ignored ? NULL : name;
}

static int number(const char *name) {
    for (int i = files; i > 0; i--) {
        if (strcmp(names[i], name) == 0) {
            return i;
        }
    }
    return 0;
}

static void out(const void *bytes, size_t length) {
    const char *from = bytes;
    while (length > 0) {
        long done = syscall(SYS_write, log_fd, from, length);
        if (done <= 0) {
            abort(); /* a log with a hole proves nothing */
        }
        from += done;
        length -= (size_t) done;
    }
}

static void record(char what, int file, int64_t place, const void *data, size_t length) {
    if (log_fd < 0) {
        return;
    }
    char head[17];
    int32_t size = (int32_t) length;
    head[0] = what;
    memcpy(head + 1, &file, 4);
    memcpy(head + 5, &place, 8);
    memcpy(head + 13, &size, 4);
    out(head, sizeof head);
    out(data, length);
}

static void die(void) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) {
        pause();
    }
}

/* Counts an operation. Returns what strikes it: 0, FAIL_ONCE for either failure, or one of the kills. */
static int strikes(const char *name, int is_sync) {
    if ((syncs_only && !is_sync) || strncmp(name, prefix, strlen(prefix)) != 0) {
        return 0;
    }
    counted++;
    if (mode == 0 || counted < at || (mode != FAIL_EVER && counted > at)) {
        return 0;
    }
    met++;
    if (mode == KILL_BEFORE) {
        die();
    }
    return mode == FAIL_EVER ? FAIL_ONCE : mode;
}

static int failed(void) {
    errno = error;
    return -1;
}

static void status(const char *path) {
    char line[64];
    int length = snprintf(line, sizeof line, "%ld %ld\n", counted, met);
    int fd = (int) syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || syscall(SYS_write, fd, line, length) != length) {
        abort();
    }
    syscall(SYS_close, fd);
}

static void command(char *line) {
    char how[16] = "";
    char name[NAME] = "";
    long n = 0;
    int code = 0;
    int syncs = 0;
    if (strncmp(line, "ack ", 4) == 0) {
        record('A', 0, 0, line + 4, strlen(line + 4));
        return;
    }
    if (strncmp(line, "status ", 7) == 0) {
        status(line + 7);
        return;
    }
    if (sscanf(line, "fail %ld %d %15s %255s", &n, &code, how, name) >= 3) {
        mode = strcmp(how, "ever") == 0 ? FAIL_EVER : FAIL_ONCE;
    } else if (sscanf(line, "failsync %ld %d %15s %255s", &n, &code, how, name) >= 3) {
        mode = strcmp(how, "ever") == 0 ? FAIL_EVER : FAIL_ONCE;
        syncs = 1;
    } else if (sscanf(line, "kill %ld %15s %255s", &n, how, name) >= 2) {
        mode = strcmp(how, "before") == 0 ? KILL_BEFORE : strcmp(how, "after") == 0 ? KILL_AFTER : KILL_TORN;
    } else if (strcmp(line, "off") == 0 || sscanf(line, "count %255s", name) == 1) {
        mode = 0;
    } else {
        abort();
    }
    at = n;
    syncs_only = syncs;
    error = code;
    strcpy(prefix, name);
    counted = 0;
    met = 0;
}

static int opened(const char *path, int flags, int permissions) {
    const char *name = watched(path);
    int is_folder = folder_length > 0 && path != NULL && strcmp(path, folder) == 0;
    if (name == NULL && !is_folder) {
        return (int) syscall(SYS_openat, AT_FDCWD, path, flags, permissions);
    }
    pthread_mutex_lock(&lock);
    int is_control = name != NULL && strcmp(name, "control") == 0;
    struct stat there;
    int creates = name != NULL && !is_control && (flags & O_CREAT) != 0 && stat(path, &there) != 0;
    int strike = creates ? strikes(name, 0) : 0;
    int fd = strike == FAIL_ONCE
            ? failed()
            : (int) syscall(SYS_openat, AT_FDCWD, is_control ? "/dev/null" : path, flags, permissions);
    if (fd >= FDS) {
        abort();
    }
    if (fd >= 0) {
        int file = is_control ? CONTROL : is_folder ? FOLDER : number(name);
        if (file == 0) {
            if (++files >= FILES) {
                abort();
            }
            file = files;
            strcpy(names[file], name);
            record('O', file, creates, name, strlen(name));
        }
        if (file > 0 && (flags & O_TRUNC) != 0) {
            record('T', file, 0, "", 0);
        }
        of_fd[fd] = file;
    }
    if (strike == KILL_AFTER || strike == KILL_TORN) {
        die();
    }
    pthread_mutex_unlock(&lock);
    return fd;
}

static int permissions_of(int flags, va_list more) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, int) : 0;
}

#define OPENS(function) \
    int function(const char *path, int flags, ...) { \
        va_list more; \
        va_start(more, flags); \
        int permissions = permissions_of(flags, more); \
        va_end(more); \
        return opened(path, flags, permissions); \
    }
OPENS(open)
OPENS(open64)

#define OPENS_AT(function) \
    int function(int at_fd, const char *path, int flags, ...) { \
        va_list more; \
        va_start(more, flags); \
        int permissions = permissions_of(flags, more); \
        va_end(more); \
        return path[0] == '/' \
                ? opened(path, flags, permissions) \
                : (int) syscall(SYS_openat, at_fd, path, flags, permissions); \
    }
OPENS_AT(openat)
OPENS_AT(openat64)

static int file_of(int fd) {
    return fd >= 0 && fd < FDS ? of_fd[fd] : NONE;
}

int close(int fd) {
    if (file_of(fd) != NONE) {
        pthread_mutex_lock(&lock);
        of_fd[fd] = NONE;
        pthread_mutex_unlock(&lock);
    }
    return (int) syscall(SYS_close, fd);
}

static ssize_t controlled(const char *bytes, size_t length) {
    char line[1024];
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\n') {
            line[used] = 0;
            command(line);
            used = 0;
        } else if (used < sizeof line - 1) {
            line[used++] = bytes[i];
        }
    }
    return (ssize_t) length;
}

static ssize_t written(int fd, const void *bytes, size_t length, off_t place, int moves) {
    int file = file_of(fd);
    if (file == NONE || file == FOLDER) {
        return moves ? syscall(SYS_write, fd, bytes, length) : syscall(SYS_pwrite64, fd, bytes, length, place);
    }
    pthread_mutex_lock(&lock);
    ssize_t done;
    if (file == CONTROL) {
        done = controlled(bytes, length);
    } else {
        off_t from = moves ? lseek(fd, 0, SEEK_CUR) : place;
        int strike = strikes(names[file], 0);
        size_t wanted = strike == FAIL_ONCE || strike == KILL_TORN ? length / 2 : length;
        done = moves ? syscall(SYS_write, fd, bytes, wanted) : syscall(SYS_pwrite64, fd, bytes, wanted, place);
        if (done > 0) {
            record('W', file, from, bytes, (size_t) done);
        }
        if (strike == KILL_AFTER || strike == KILL_TORN) {
            die();
        }
        if (strike == FAIL_ONCE) {
            done = failed();
        }
    }
    int kept = errno;
    pthread_mutex_unlock(&lock);
    errno = kept;
    return done;
}

ssize_t write(int fd, const void *bytes, size_t length) {
    return written(fd, bytes, length, 0, 1);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t place) {
    return written(fd, bytes, length, place, 0);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t place) {
    return written(fd, bytes, length, place, 0);
}

static int truncated(int fd, off_t size) {
    int file = file_of(fd);
    if (file <= 0) {
        return (int) syscall(SYS_ftruncate, fd, size);
    }
    pthread_mutex_lock(&lock);
    int strike = strikes(names[file], 0);
    int result = strike == FAIL_ONCE ? failed() : (int) syscall(SYS_ftruncate, fd, size);
    if (result == 0) {
        record('T', file, size, "", 0);
    }
    if (strike != 0 && strike != FAIL_ONCE) {
        die();
    }
    int kept = errno;
    pthread_mutex_unlock(&lock);
    errno = kept;
    return result;
}

int ftruncate(int fd, off_t size) {
    return truncated(fd, size);
}

int ftruncate64(int fd, off64_t size) {
    return truncated(fd, size);
}

/* The power stays on here: what a sync promises is in the log, and the real one would only take time. */
static int synced(int fd, long call) {
    int file = file_of(fd);
    if (file == NONE || file == CONTROL) {
        return (int) syscall(call, fd);
    }
    pthread_mutex_lock(&lock);
    int strike = file == FOLDER ? 0 : strikes(names[file], 1);
    record(file == FOLDER ? 'D' : strike == FAIL_ONCE ? 'F' : 'S', file == FOLDER ? 0 : file, 0, "", 0);
    if (strike == KILL_AFTER || strike == KILL_TORN) {
        die();
    }
    int result = strike == FAIL_ONCE ? failed() : 0;
    int kept = errno;
    pthread_mutex_unlock(&lock);
    errno = kept;
    return result;
}

int fsync(int fd) {
    return synced(fd, SYS_fsync);
}

int fdatasync(int fd) {
    return synced(fd, SYS_fdatasync);
}

int unlink(const char *path) {
    const char *name = watched(path);
    if (name == NULL) {
        return (int) syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    }
    pthread_mutex_lock(&lock);
    struct stat there;
    int strike = stat(path, &there) == 0 ? strikes(name, 0) : 0;
    int result = strike == FAIL_ONCE ? failed() : (int) syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    int file = number(name);
    if (result == 0 && file > 0) {
        record('U', file, 0, "", 0);
        names[file][0] = 0;
    }
    if (strike == KILL_AFTER || strike == KILL_TORN) {
        die();
    }
    int kept = errno;
    pthread_mutex_unlock(&lock);
    errno = kept;
    return result;
}

/* SQLite renames nothing: a file that comes or goes this way would be missing in the log, so nobody may do it unseen. */
int rename(const char *from, const char *to) {
    if (watched(from) != NULL || watched(to) != NULL) {
        abort();
    }
    return (int) syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}
