package dev.godwit.proof;

import dev.godwit.proof.FaultLog.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/**
 * Which states of a folder a power cut may leave, from a recording of what was done to it.
 *
 * <p>Everything up to the last sync of a file is on the disk. Of what came after, each sector of 512 bytes holds any of the
 * versions that it had since then, independently of the others: so any subset of the writes is there, in any order, torn. The
 * size of the file is any that it had. Names that came and went since the last sync of the folder likewise, one by one. A sync
 * that failed decides at once and for good: the kernel takes what it could not write for clean and never writes it again.
 */
final class CrashStates {
    private static final int SECTOR = 512;

    private final List<Operation> operations;

    CrashStates(List<Operation> operations) {
        this.operations = operations;
    }

    /** How much of what was not synced is there. */
    private enum Luck {
        NOTHING,
        EVERYTHING,
        THE_FIRST,
        ANY
    }

    /** The files whose names begin so, as running programs see them after so many operations. */
    void live(int cut, String prefix, Path into) throws IOException {
        Disk disk = new Disk(new Random(0));
        operations.subList(0, cut).forEach(disk::take);
        for (Map.Entry<String, Integer> name : disk.names.entrySet()) {
            if (name.getKey().startsWith(prefix)) {
                Files.write(
                        into.resolve(name.getKey()),
                        disk.files.get(name.getValue()).live.content());
            }
        }
    }

    /** The files whose names begin so, as a power cut after so many operations may leave them. */
    void afterPowerCut(int cut, String prefix, Random random, Path into) throws IOException {
        Disk disk = new Disk(random);
        operations.subList(0, cut).forEach(disk::take);
        for (Map.Entry<String, Integer> name : disk.namesLeft().entrySet()) {
            if (name.getKey().startsWith(prefix)) {
                File file = disk.files.get(name.getValue());
                file.settle(random);
                Files.write(into.resolve(name.getKey()), file.kept.content());
            }
        }
    }

    /** Bytes that grow. */
    private static final class Content {
        private byte[] bytes = new byte[0];
        private int size;

        void write(long at, byte[] data, int from, int length) {
            int end = Math.toIntExact(at + length);
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length * 2));
            }
            System.arraycopy(data, from, bytes, (int) at, length);
            size = Math.max(size, end);
        }

        void resize(long wanted) {
            int next = Math.toIntExact(wanted);
            if (next > bytes.length) {
                bytes = Arrays.copyOf(bytes, next);
            } else if (next < size) {
                Arrays.fill(bytes, next, size, (byte) 0);
            }
            size = next;
        }

        byte[] content() {
            return Arrays.copyOf(bytes, size);
        }
    }

    /** One file: what is on the disk for certain, what a program sees, and what lies between. */
    private static final class File {
        private final Content live = new Content();
        private Content kept = new Content();
        private final List<Operation> since = new ArrayList<>();

        void take(Operation operation) {
            apply(live, operation);
            since.add(operation);
        }

        private static void apply(Content content, Operation operation) {
            if (operation.kind() == FaultLog.Kind.WRITTEN) {
                content.write(operation.place(), operation.data(), 0, operation.data().length);
            } else {
                content.resize(operation.place());
            }
        }

        void synced() {
            since.forEach(operation -> apply(kept, operation));
            since.clear();
        }

        /** What was not synced is kept or lost, and that stays so. */
        void settle(Random random) {
            Luck luck = Luck.values()[random.nextInt(Luck.values().length)];
            switch (luck) {
                case NOTHING -> {}
                case EVERYTHING -> since.forEach(operation -> apply(kept, operation));
                case THE_FIRST ->
                    since.subList(0, random.nextInt(since.size() + 1)).forEach(operation -> apply(kept, operation));
                case ANY -> settleEachSector(random);
            }
            since.clear();
        }

        private void settleEachSector(Random random) {
            List<Integer> sizes = new ArrayList<>(List.of(kept.size));
            Map<Long, List<byte[]>> versions = new TreeMap<>();
            Content seen = new Content();
            seen.write(0, kept.bytes, 0, kept.size);
            for (Operation operation : since) {
                apply(seen, operation);
                sizes.add(seen.size);
                if (operation.kind() == FaultLog.Kind.WRITTEN) {
                    long end = operation.place() + operation.data().length;
                    for (long sector = operation.place() / SECTOR; sector * SECTOR < end; sector++) {
                        int from = Math.toIntExact(sector * SECTOR);
                        versions.computeIfAbsent(sector, none -> new ArrayList<>())
                                .add(Arrays.copyOfRange(seen.bytes, from, Math.min(from + SECTOR, seen.size)));
                    }
                }
            }
            int size = sizes.get(random.nextInt(sizes.size()));
            kept.resize(size);
            versions.forEach((sector, texts) -> {
                int chosen = random.nextInt(texts.size() + 1);
                int room = (int) Math.min(SECTOR, size - sector * SECTOR);
                if (chosen > 0 && room > 0) {
                    byte[] text = texts.get(chosen - 1);
                    kept.write(sector * SECTOR, text, 0, Math.min(text.length, room));
                }
            });
        }
    }

    /** A name that came or went. */
    private record Renaming(String name, int file, boolean comes) {
        void apply(Map<String, Integer> names) {
            if (comes) {
                names.put(name, file);
            } else {
                names.remove(name);
            }
        }
    }

    /** The folder after some operations. */
    private static final class Disk {
        private final Random random;
        private final Map<Integer, File> files = new HashMap<>();
        private final Map<Integer, String> namesOfFiles = new HashMap<>();
        private final Map<String, Integer> names = new TreeMap<>();
        private final Map<String, Integer> namesKept = new TreeMap<>();
        private final List<Renaming> renamings = new ArrayList<>();

        Disk(Random random) {
            this.random = random;
        }

        void take(Operation operation) {
            File file = files.get(operation.file());
            switch (operation.kind()) {
                case OPENED -> {
                    boolean created = operation.place() == 1;
                    File known = created ? new File() : files.get(names.get(operation.text()));
                    files.put(operation.file(), Objects.requireNonNull(known, operation.text()));
                    namesOfFiles.put(operation.file(), operation.text());
                    if (created) {
                        name(new Renaming(operation.text(), operation.file(), true));
                    }
                }
                case UNLINKED -> name(new Renaming(namesOfFiles.get(operation.file()), operation.file(), false));
                case WRITTEN, TRUNCATED -> file.take(operation);
                case SYNCED -> file.synced();
                case SYNC_FAILED -> file.settle(random);
                case FOLDER_SYNCED -> {
                    renamings.forEach(renaming -> renaming.apply(namesKept));
                    renamings.clear();
                }
                case ACKNOWLEDGED -> {}
            }
        }

        private void name(Renaming renaming) {
            renaming.apply(names);
            renamings.add(renaming);
        }

        Map<String, Integer> namesLeft() {
            Map<String, Integer> left = new TreeMap<>(namesKept);
            Luck luck = Luck.values()[random.nextInt(Luck.values().length)];
            int first = random.nextInt(renamings.size() + 1);
            for (int i = 0; i < renamings.size(); i++) {
                boolean kept = switch (luck) {
                    case NOTHING -> false;
                    case EVERYTHING -> true;
                    case THE_FIRST -> i < first;
                    case ANY -> random.nextBoolean();
                };
                if (kept) {
                    renamings.get(i).apply(left);
                }
            }
            return left;
        }
    }
}
