package dev.godwit.proof;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Plants the bugs of {@code proof/bugs} one after another and looks whether the simulator finds them; {@code proof/plant} says
 * how it is used. It is run from its source and needs nothing but a JDK and git.
 */
final class PlantedBugs {
    private static final Path ROOT =
            Path.of(System.getProperty("godwit.root", "")).toAbsolutePath();
    private static final Path SCRATCH = ROOT.resolve("proof/target/plant");
    private static final Pattern SEED = Pattern.compile("\"seed\"\\s*:\\s*(\\d+)");
    private static final Pattern VIOLATION = Pattern.compile("\"violation\"\\s*:\\s*\"");
    private static final int OUTPUT_KEPT = 20;
    private static final long CONTROL_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final JavaCompiler compiler;
    private final String classPath;
    private final Map<Long, Boolean> failsWithout = new HashMap<>();
    private final Command command;

    private PlantedBugs(JavaCompiler compiler, Command command) {
        this.compiler = compiler;
        this.command = command;
        this.classPath = command.classPath().isEmpty()
                ? ROOT.resolve("dist/target/godwit.jar").toString()
                : command.classPath();
    }

    /** What was asked for; no numbers mean all patches. */
    private record Command(
            String word, Set<Integer> numbers, long seeds, long first, long minutes, String table, String classPath) {

        static Command of(String[] args) {
            String word = args.length == 0 ? "help" : args[0];
            Set<Integer> numbers = new TreeSet<>();
            String[] options = {"1000", "1", "10", "", ""};
            List<String> names = List.of("--seeds", "--first", "--minutes", "--table", "--class-path");
            for (int i = 1; i < args.length; i++) {
                int option = names.indexOf(args[i]);
                if (option >= 0 && i + 1 < args.length) {
                    options[option] = args[++i];
                } else {
                    addNumbers(args[i], numbers);
                }
            }
            return new Command(
                    word,
                    numbers,
                    Long.parseLong(options[0]),
                    Long.parseLong(options[1]),
                    Long.parseLong(options[2]),
                    options[3],
                    options[4]);
        }

        private static void addNumbers(String text, Set<Integer> numbers) {
            String[] ends = text.split("-", 2);
            int last = Integer.parseInt(ends[ends.length - 1]);
            for (int number = Integer.parseInt(ends[0]); number <= last; number++) {
                numbers.add(number);
            }
        }
    }

    /** A patch and what stands above it. */
    private record Bug(Path patch, int number, String name, String bug, String like, String promise) {

        static Bug of(Path patch) throws IOException {
            String text = Files.readString(patch);
            String head = text.substring(0, text.indexOf("diff --git")).replaceAll("\n +", " ");
            String file = patch.getFileName().toString().replace(".patch", "");
            return new Bug(
                    patch,
                    Integer.parseInt(file.substring(0, file.indexOf('-'))),
                    file,
                    line(patch, head, "Bug"),
                    line(patch, head, "Like"),
                    line(patch, head, "Promise"));
        }

        private static String line(Path patch, String head, String name) {
            Matcher line = Pattern.compile("(?m)^" + name + ": (.+)$").matcher(head);
            if (!line.find()) {
                throw new IllegalArgumentException(patch + " has no line '" + name + ": …' above its diff");
            }
            return line.group(1);
        }

        /** The modules whose files it changes. */
        Set<String> modules() throws IOException {
            Set<String> modules = new TreeSet<>();
            Pattern.compile("(?m)^\\+\\+\\+ b/(\\w+)/")
                    .matcher(Files.readString(patch))
                    .results()
                    .forEach(file -> modules.add(file.group(1)));
            return modules;
        }
    }

    /** What the simulator said: the seed of the first violation and the violation, or neither and why. */
    private record Finding(long seed, String violation, String failure, long seconds) {
        boolean found() {
            return failure.isEmpty();
        }
    }

    public static void main(String[] args) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("this Java has no compiler: run it with a JDK");
        }
        System.exit(new PlantedBugs(compiler, Command.of(args)).run());
    }

    private int run() throws Exception {
        List<Bug> bugs = bugs();
        return switch (command.word()) {
            case "list" -> list(bugs);
            case "check" -> check(bugs);
            case "find" -> find(bugs);
            default -> {
                System.err.println("proof/plant list | check [NN …] | find [NN …] [--seeds N] [--first S] [--minutes M]"
                        + " [--table FILE] [--class-path CP]");
                yield 2;
            }
        };
    }

    private List<Bug> bugs() throws IOException {
        List<Bug> bugs = new ArrayList<>();
        try (Stream<Path> files = Files.list(ROOT.resolve("proof/bugs"))) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".patch")).sorted().toList()) {
                Bug bug = Bug.of(file);
                if (command.numbers().isEmpty() || command.numbers().contains(bug.number())) {
                    bugs.add(bug);
                }
            }
        }
        if (bugs.isEmpty()) {
            throw new IllegalArgumentException("no patch has one of the numbers " + command.numbers());
        }
        return bugs;
    }

    private int list(List<Bug> bugs) {
        bugs.forEach(bug -> System.out.println(bug.name() + ": " + bug.bug() + " (" + bug.like() + ")"));
        return 0;
    }

    private int check(List<Bug> bugs) throws Exception {
        int broken = 0;
        for (Bug bug : bugs) {
            String complaint = plant(bug);
            broken += complaint.isEmpty() ? 0 : 1;
            System.out.println(bug.name() + (complaint.isEmpty() ? ": applies and compiles" : ": " + complaint));
        }
        System.out.println(bugs.size() + " patches, " + broken + " broken");
        return broken == 0 ? 0 : 1;
    }

    /** Makes the classes of the modules as they are with the bug; returns what is wrong, or nothing. */
    private String plant(Bug bug) throws Exception {
        Path scratch = SCRATCH.resolve(bug.name());
        remove(scratch);
        List<Path> sources = new ArrayList<>();
        for (String module : bug.modules()) {
            copy(ROOT.resolve(module).resolve("src/main/java"), scratch.resolve(module + "/src/main/java"));
        }
        ProcessBuilder apply = new ProcessBuilder("git", "apply", bug.patch().toString())
                .directory(scratch.toFile())
                .redirectErrorStream(true)
                .redirectOutput(scratch.resolve("git.txt").toFile());
        // the scratch copy is no part of the repository that it lies in
        apply.environment().put("GIT_CEILING_DIRECTORIES", SCRATCH.toString());
        if (apply.start().waitFor() != 0) {
            return "does not apply: "
                    + Files.readString(scratch.resolve("git.txt")).strip();
        }
        annotate(scratch);
        try (Stream<Path> files = Files.walk(scratch)) {
            files.filter(f -> f.toString().endsWith(".java")).forEach(sources::add);
        }
        Path classes = Files.createDirectory(scratch.resolve("classes"));
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options =
                    List.of("-nowarn", "-proc:none", "--release", "17", "-cp", classPath, "-d", classes.toString());
            boolean compiled = compiler.getTask(
                            said, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            return compiled ? "" : "does not compile: " + said.toString().strip();
        }
    }

    /** What the sources are annotated with is not in the packed jar, where nobody asks for it. */
    private static void annotate(Path scratch) throws IOException {
        Path folder = Files.createDirectories(scratch.resolve("org/jspecify/annotations"));
        String head = "package org.jspecify.annotations;\n";
        Files.writeString(
                folder.resolve("Nullable.java"),
                head
                        + "@java.lang.annotation.Target(java.lang.annotation.ElementType.TYPE_USE) public @interface Nullable {}\n");
        Files.writeString(folder.resolve("NullMarked.java"), head + "public @interface NullMarked {}\n");
    }

    private int find(List<Bug> bugs) throws Exception {
        List<String> rows = new ArrayList<>(
                List.of("| | bug | like | promise | seeds needed | found |", "|---|---|---|---|---|---|"));
        int missed = 0;
        for (Bug bug : bugs) {
            String complaint = plant(bug);
            Finding finding = complaint.isEmpty()
                    ? search(SCRATCH.resolve(bug.name()).resolve("classes") + File.pathSeparator + classPath)
                    : new Finding(0, "", complaint, 0);
            missed += finding.found() ? 0 : 1;
            rows.add(row(bug, finding));
            System.err.println(bug.name() + ": "
                    + (finding.found() ? "seed " + finding.seed() + ", " + finding.violation() : finding.failure())
                    + " (" + finding.seconds() + " s)");
        }
        rows.add("");
        rows.add((bugs.size() - missed) + " of " + bugs.size() + " found within " + command.seeds() + " seeds.");
        rows.forEach(System.out::println);
        if (!command.table().isEmpty()) {
            Files.write(Path.of(command.table()), rows);
        }
        return missed == 0 ? 0 : 1;
    }

    private String row(Bug bug, Finding finding) {
        return "| " + bug.number() + " | " + cell(bug.bug()) + " | " + cell(bug.like()) + " | " + cell(bug.promise())
                + " | " + (finding.found() ? finding.seed() - command.first() + 1 : "not found") + " | "
                + cell(finding.found() ? finding.violation() : finding.failure()) + " |";
    }

    private static String cell(String text) {
        String flat = text.replaceAll("\\s+", " ").replace("|", "\\|");
        return flat.length() > 300 ? flat.substring(0, 300) + "…" : flat;
    }

    /** The first seed that fails with the bug and passes without it: one that fails in both says nothing about the bug. */
    private Finding search(String path) throws Exception {
        long begun = System.nanoTime();
        long end = begun + TimeUnit.MINUTES.toNanos(command.minutes());
        long after = command.first() + command.seeds();
        List<Long> passedOver = new ArrayList<>();
        Finding finding = simulate(path, command.first(), command.seeds(), end);
        while (finding.found() && failsWithout(finding.seed())) {
            passedOver.add(finding.seed());
            long next = finding.seed() + 1;
            finding = next < after ? simulate(path, next, after - next, end) : new Finding(0, "", notFound(), 0);
        }
        String others =
                finding.found() || passedOver.isEmpty() ? "" : "; these fail without the bug too: " + passedOver;
        return new Finding(finding.seed(), finding.violation(), finding.failure() + others, seconds(begun));
    }

    private String notFound() {
        return "not found in " + command.seeds() + " seeds";
    }

    private boolean failsWithout(long seed) throws Exception {
        Boolean known = failsWithout.get(seed);
        if (known == null) {
            Finding control = simulate(classPath, seed, 1, System.nanoTime() + CONTROL_NANOS);
            if (!control.found() && !control.failure().equals(notFound())) {
                throw new IllegalStateException("seed " + seed + " without any bug: " + control.failure());
            }
            known = control.found();
            failsWithout.put(seed, known);
        }
        return known;
    }

    private Finding simulate(String path, long first, long seeds, long end) throws Exception {
        long begun = System.nanoTime();
        Process simulator = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx768m",
                        // a search is short: code that is compiled quickly runs more seeds than code that is compiled
                        // well
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                        "-cp",
                        path,
                        "dev.godwit.cli.Main",
                        "simulate",
                        "--seeds",
                        String.valueOf(seeds),
                        "--first",
                        String.valueOf(first),
                        "--stop-at-first",
                        "--json")
                .directory(SCRATCH.toFile())
                .redirectErrorStream(true)
                .start();
        List<String> last = new ArrayList<>();
        Thread deadline = deadline(simulator, end);
        Optional<Finding> finding = Optional.empty();
        try (BufferedReader lines = simulator.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                finding = finding.isPresent() ? finding : read(line, begun);
                last.add(line);
                if (last.size() > OUTPUT_KEPT) {
                    last.remove(0);
                }
            }
        }
        int code = simulator.waitFor();
        deadline.interrupt();
        return finding.orElseGet(() -> new Finding(0, "", why(code, last), seconds(begun)));
    }

    /** The minutes that a run may take end it. */
    private Thread deadline(Process simulator, long end) {
        Thread waiting = new Thread(() -> {
            try {
                if (!simulator.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    simulator.destroyForcibly();
                }
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
        });
        waiting.setDaemon(true);
        waiting.start();
        return waiting;
    }

    private static Optional<Finding> read(String line, long begun) {
        Matcher seed = SEED.matcher(line);
        Matcher violation = VIOLATION.matcher(line);
        return seed.find() && violation.find()
                ? Optional.of(
                        new Finding(Long.parseLong(seed.group(1)), unquoted(line, violation.end()), "", seconds(begun)))
                : Optional.empty();
    }

    /** The text that begins behind a quotation mark; texts of many thousand characters are too long for a pattern. */
    private static String unquoted(String line, int from) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < line.length() && line.charAt(i) != '"'; i++) {
            if (line.charAt(i) == '\\' && ++i < line.length() && line.charAt(i) == 'n') {
                text.append(' ');
            } else {
                text.append(line.charAt(i));
            }
        }
        return text.toString();
    }

    private String why(int code, List<String> last) {
        if (code == 0) {
            return notFound();
        }
        String end = last.isEmpty() ? "no output" : last.get(last.size() - 1);
        return code > 128
                ? "not found in " + command.minutes() + " minutes; at the end: " + end
                : "the simulator ended with exit code " + code + ": " + end;
    }

    private static long seconds(long begun) {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    private static void remove(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(folder);
    }
}
