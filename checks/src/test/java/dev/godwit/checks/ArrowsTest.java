package dev.godwit.checks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The arrows of docs/architecture.md: which module may know which. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArrowsTest {
    static final Map<String, List<String>> ARROWS = Map.ofEntries(
            Map.entry("checks", List.of()),
            Map.entry("model", List.of()),
            Map.entry("sql", List.of()),
            Map.entry("jdbc", List.of("sql")),
            Map.entry("schema", List.of("model", "sql")),
            Map.entry("rows", List.of("model", "sql")),
            Map.entry("merge", List.of("model")),
            Map.entry("scheduler", List.of("model", "sql")),
            Map.entry("desktop", List.of("scheduler")),
            Map.entry("wire", List.of("model")),
            Map.entry("client", List.of("model", "sql", "schema", "rows", "merge", "wire", "scheduler")),
            Map.entry("server", List.of("model", "sql", "schema", "rows", "merge", "wire")),
            Map.entry("http", List.of("server", "model", "wire")),
            Map.entry("testing", List.of("client", "server", "http", "jdbc", "model", "sql", "schema", "rows", "wire")),
            Map.entry(
                    "cli",
                    List.of("client", "server", "http", "jdbc", "model", "sql", "schema", "scheduler", "desktop")),
            Map.entry("demo", List.of("cli", "client", "server", "http", "jdbc", "model", "sql", "schema", "rows")),
            Map.entry(
                    "simulation",
                    List.of(
                            "testing",
                            "cli",
                            "client",
                            "server",
                            "scheduler",
                            "jdbc",
                            "model",
                            "sql",
                            "schema",
                            "rows",
                            "merge",
                            "wire")),
            Map.entry(
                    "conformance", List.of("cli", "server", "jdbc", "model", "sql", "schema", "rows", "merge", "wire")),
            Map.entry(
                    "bench",
                    List.of(
                            "cli",
                            "client",
                            "server",
                            "scheduler",
                            "http",
                            "jdbc",
                            "model",
                            "sql",
                            "schema",
                            "rows",
                            "merge",
                            "wire")));

    private static final Set<String> WITHOUT_CLOCK =
            Set.of("model", "schema", "rows", "merge", "wire", "scheduler", "client", "server");
    private static final Set<String> CLOCKS_AND_CHANCE = Set.of(
            "java.lang.System.currentTimeMillis",
            "java.lang.System.nanoTime",
            "java.time.Instant.now",
            "java.lang.Math.random",
            "java.util.UUID.randomUUID",
            "java.lang.Thread.sleep");

    private final JavaClasses all = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.godwit");

    @Test
    void everyModuleKnowsOnlyThoseBelowIt() {
        assertThat(all.size()).isGreaterThan(150);
        ARROWS.forEach((module, below) -> {
            List<String> allowed = new ArrayList<>(below);
            allowed.add(module);
            classes()
                    .that()
                    .resideInAPackage("dev.godwit." + module)
                    .should()
                    .onlyDependOnClassesThat(foreignOrIn(allowed))
                    .allowEmptyShould(true)
                    .check(all);
        });
    }

    private static DescribedPredicate<JavaClass> foreignOrIn(List<String> modules) {
        return DescribedPredicate.describe("are foreign or in " + modules, type -> {
            String name = type.getBaseComponentType().getPackageName();
            return !name.startsWith("dev.godwit") || modules.stream().anyMatch(m -> name.equals("dev.godwit." + m));
        });
    }

    @Test
    void oneModuleIsOnePackage() {
        classes()
                .should()
                .resideInAnyPackage(
                        ARROWS.keySet().stream().map(m -> "dev.godwit." + m).toArray(String[]::new))
                .check(all);
    }

    @Test
    void noModuleIsInACircle() {
        slices().matching("dev.godwit.(*)").should().beFreeOfCycles().check(all);
    }

    @Test
    void onlyWireKnowsTheGeneratedMessages() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.godwit.wire")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("dev\\.godwit\\.wire\\.Messages.*")
                .check(all);
    }

    @Test
    void timeAndChanceEnterByConstructor() {
        assertThat(all.contain("dev.godwit.client.SystemDevice"))
                .as("the one exception exists")
                .isTrue();
        List<String> found = new ArrayList<>();
        for (JavaClass type : all) {
            boolean bound = WITHOUT_CLOCK.contains(type.getPackageName().replace("dev.godwit.", ""));
            if (bound && !type.getName().matches("dev\\.godwit\\.client\\.SystemDevice(\\$.*)?")) {
                // Accesses, not calls: System::nanoTime is a clock as well.
                type.getAccessesFromSelf().stream()
                        .filter(access -> isClockOrChance(access.getTarget()))
                        .forEach(access -> found.add(access.getDescription()));
            }
        }
        assertThat(found).isEmpty();
    }

    private static boolean isClockOrChance(AccessTarget target) {
        String name = target.getOwner().getName() + "." + target.getName();
        boolean unseeded = name.equals("java.util.Random.<init>")
                && target instanceof AccessTarget.CodeUnitAccessTarget code
                && code.getRawParameterTypes().isEmpty();
        return unseeded || CLOCKS_AND_CHANCE.contains(name);
    }

    @Test
    void namesSayWhatDiffers() {
        noClasses()
                .should()
                .haveNameMatching(".*(Manager|Helper|Impl|Util|Utils)")
                .check(all);
    }
}
