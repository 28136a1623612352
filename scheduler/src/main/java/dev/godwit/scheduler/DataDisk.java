package dev.godwit.scheduler;

import java.io.File;

/** The disk that holds the data. */
class DataDisk {
    /** Low is below this, or below a twentieth of the disk if that is less. */
    static final long LOW_BYTES = 500_000_000;

    private final File folder;

    DataDisk(File folder) {
        this.folder = folder;
    }

    /** What this process may still write, or -1 if that is not known. */
    long freeBytes() {
        // Of a folder that is not there the JDK says 0, which is not the same as full.
        return folder.exists() ? folder.getUsableSpace() : -1;
    }

    long totalBytes() {
        return folder.getTotalSpace();
    }

    Reading notLow() {
        long free = freeBytes();
        long total = totalBytes();
        Truth truth = free < 0 || total <= 0 ? Truth.UNKNOWN : Truth.of(free >= Math.min(LOW_BYTES, total / 20));
        return new Reading(truth, "free space of " + folder.getName(), 0);
    }
}
