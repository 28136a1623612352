/*
 * Cuts the power of one file system: ext4's shutdown ioctl with the flag that leaves its journal unflushed. What was not synced
 * is gone; the mounted file system answers EIO until it is unmounted. Needs root. powercut MOUNTPOINT
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>

enum { NO_LOG_FLUSH = 2 };

int main(int count, char **arguments) {
    uint32_t flags = NO_LOG_FLUSH;
    int fd = count == 2 ? open(arguments[1], O_RDONLY) : -1;
    if (fd < 0 || ioctl(fd, _IOR('X', 125, uint32_t), &flags) != 0) {
        perror("powercut");
        return 1;
    }
    return 0;
}
