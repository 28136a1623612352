package dev.godwit.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the sources show and class files do not, read with the compiler's own parser. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SourcesTest {
    private static final int METHOD_LINES = 70;
    private static final Pattern EMPTY_NAME = Pattern.compile(".*(Manager|Helper|Impl|Util|Utils)");

    private final List<Type> types = new ArrayList<>();
    private final List<Method> methods = new ArrayList<>();
    private final List<Unit> units = new ArrayList<>();

    private record Unit(Path file, String packageName, List<String> packageAnnotations) {}

    private record Type(Path file, String name, boolean isPublic, boolean isTopLevel, boolean hasContract) {}

    private record Method(Path file, String name, long lines) {}

    @BeforeAll
    void parseEverySource() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assumeTrue(compiler != null, "SKIPPED: no Java compiler");
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    new StringWriter(),
                    files,
                    null,
                    List.of("-proc:none"),
                    null,
                    files.getJavaFileObjectsFromPaths(ProjectFiles.sources()));
            Trees trees = Trees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                new Reader(unit, trees).scan(unit, null);
            }
        }
        assertThat(units.size()).as("sources read").isGreaterThan(150);
        assertThat(methods.size()).as("methods read").isGreaterThan(1000);
    }

    @Test
    void everyMethodIsShort() {
        assertThat(methods)
                .filteredOn(method -> method.lines() > METHOD_LINES)
                .as("methods of more than " + METHOD_LINES + " lines")
                .isEmpty();
    }

    @Test
    void everyPublicTopLevelTypeHasAContract() {
        assertThat(types)
                .filteredOn(type -> type.isTopLevel() && type.isPublic() && !type.hasContract())
                .as("public types without Javadoc")
                .isEmpty();
    }

    @Test
    void everyNameSaysWhatDiffersInTestsToo() {
        assertThat(types)
                .filteredOn(type -> EMPTY_NAME.matcher(type.name()).matches())
                .as("names that say nothing")
                .isEmpty();
    }

    @Test
    void everyModuleIsOnePackageOfItsName() {
        assertThat(units)
                .filteredOn(unit -> !unit.packageName().equals("dev.godwit." + ProjectFiles.module(unit.file())))
                .as("sources outside the package of their module")
                .isEmpty();
    }

    @Test
    void everyModulesPackageIsNullMarked() {
        List<String> marked = units.stream()
                .filter(unit -> unit.packageAnnotations().contains("NullMarked"))
                .map(unit -> ProjectFiles.module(unit.file()))
                .toList();
        assertThat(units)
                .filteredOn(unit -> !marked.contains(ProjectFiles.module(unit.file())))
                .as("sources of modules whose package-info.java has no @NullMarked")
                .isEmpty();
    }

    /** Collects the facts of one file. */
    private final class Reader extends TreePathScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final Trees trees;
        private final Path file;

        Reader(CompilationUnitTree unit, Trees trees) {
            this.unit = unit;
            this.trees = trees;
            this.file = Path.of(unit.getSourceFile().toUri());
        }

        @Override
        public Void visitCompilationUnit(CompilationUnitTree tree, Void nothing) {
            List<String> annotations = tree.getPackageAnnotations().stream()
                    .map(annotation -> annotation.getAnnotationType().toString())
                    .toList();
            units.add(new Unit(file, String.valueOf(tree.getPackageName()), annotations));
            return super.visitCompilationUnit(tree, nothing);
        }

        @Override
        public Void visitClass(ClassTree tree, Void nothing) {
            TreePath path = getCurrentPath();
            boolean topLevel = path.getParentPath().getLeaf().getKind() == Tree.Kind.COMPILATION_UNIT;
            boolean isPublic = tree.getModifiers().getFlags().contains(Modifier.PUBLIC);
            boolean contract = trees.getDocComment(path) != null;
            types.add(new Type(file, tree.getSimpleName().toString(), isPublic, topLevel, contract));
            return super.visitClass(tree, nothing);
        }

        @Override
        public Void visitMethod(MethodTree tree, Void nothing) {
            SourcePositions positions = trees.getSourcePositions();
            long first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, tree));
            long last = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, tree));
            methods.add(new Method(file, tree.getName().toString(), last - first + 1));
            return super.visitMethod(tree, nothing);
        }
    }
}
