package dev.godwit.simulation;

import java.util.Locale;

/** What a step of a plan does, how often it is drawn among the others, and which kind of fault it is. */
enum StepKind {
    WRITE(60, Fault.NONE),
    SYNC(30, Fault.NONE),
    FOREIGN_WRITE(2, Fault.NONE),
    OPERATOR_WRITE(3, Fault.NONE),
    SETTLE_PARKED(4, Fault.NONE),
    DECIDE_CONFLICT(2, Fault.NONE),
    UNDO(1, Fault.NONE),
    REOPEN(1, Fault.NONE),
    TICK(1, Fault.NONE),
    OFFLINE(2, Fault.NETWORK),
    ONLINE(3, Fault.NETWORK),
    REPEAT_REQUEST(3, Fault.NETWORK),
    SECOND_PROCESS(2, Fault.CRASH),
    KILL_DEVICE(5, Fault.CRASH),
    KILL_SERVER(3, Fault.CRASH),
    RESTART_SERVER(1, Fault.CRASH),
    DEVICE_DISK(3, Fault.DISK),
    SERVER_DISK(2, Fault.DISK),
    WALL_CLOCK(3, Fault.CLOCK),
    REBOOT(1, Fault.CLOCK),
    LONG_ABSENCE(1, Fault.CLOCK),
    FORGET(2, Fault.CLOCK),
    BACK_UP_DEVICE(1, Fault.RESTORE),
    RESTORE_DEVICE(1, Fault.RESTORE),
    CLONE_DEVICE(1, Fault.RESTORE),
    BACK_UP_SERVER(1, Fault.RESTORE),
    RESTORE_SERVER(1, Fault.RESTORE),
    REVOKE(1, Fault.GRANT),
    READ_ONLY(1, Fault.GRANT),
    GRANT(2, Fault.GRANT),
    /** Only in runs that have {@linkplain Plan#hasBoxes() boxes}, which it was made for. */
    SERVER_CLOCK(3, Fault.CLOCK);

    final int weight;
    final Fault fault;

    StepKind(int weight, Fault fault) {
        this.weight = weight;
        this.fault = fault;
    }

    /** What may go wrong, as it is chosen by name on the command line. */
    enum Fault {
        /** Work, not a fault. */
        NONE,
        /** Requests and answers that are lost, cut, damaged, late, repeated or mixed up; no network. */
        NETWORK,
        /** Devices and servers that are killed at a commit. */
        CRASH,
        /** Disks that are full or fail. */
        DISK,
        /** Clocks that are set, machines that are started again, long absences, a server that forgets. */
        CLOCK,
        /** Copies of databases, and older ones put back. */
        RESTORE,
        /** Rights that are taken away and given back. */
        GRANT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** In the words of a story. */
    String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
