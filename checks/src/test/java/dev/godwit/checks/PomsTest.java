package dev.godwit.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The arrows again, as the poms declare them: a dependency that no code uses yet is an arrow too. */
class PomsTest {
    private static final String OURS = "godwit-";
    /** These pack or check the others, and are below nothing. */
    private static final List<String> ABOVE_ALL = List.of("dist", "checks", "proof");

    @Test
    void everyModuleDeclaresOnlyThoseBelowIt() throws Exception {
        List<String> modules = ProjectFiles.modules();
        assertThat(modules).hasSizeGreaterThan(10).containsAll(ArrowsTest.ARROWS.keySet());
        for (String module : modules) {
            if (!ABOVE_ALL.contains(module)) {
                assertThat(ArrowsTest.ARROWS).as("the table of arrows").containsKey(module);
                assertThat(ArrowsTest.ARROWS.get(module))
                        .as(module + "/pom.xml")
                        .containsAll(declared(module));
            }
        }
    }

    @Test
    void nothingDependsOnTheModulesThatPackAndCheck() throws Exception {
        for (String module : ProjectFiles.modules()) {
            assertThat(declared(module)).as(module + "/pom.xml").doesNotContainAnyElementsOf(ABOVE_ALL);
        }
    }

    /** The modules that a pom names for more than its tests. */
    private static TreeSet<String> declared(String module) throws Exception {
        NodeList dependencies = pom(ProjectFiles.ROOT.resolve(module)).getElementsByTagName("dependency");
        TreeSet<String> found = new TreeSet<>();
        for (int i = 0; i < dependencies.getLength(); i++) {
            Element dependency = (Element) dependencies.item(i);
            String artifact =
                    texts(dependency.getElementsByTagName("artifactId")).get(0);
            boolean forTests = texts(dependency.getElementsByTagName("scope")).contains("test");
            if (artifact.startsWith(OURS) && !forTests) {
                found.add(artifact.substring(OURS.length()));
            }
        }
        return found;
    }

    private static Document pom(Path folder) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(folder.resolve("pom.xml").toFile());
    }

    private static List<String> texts(NodeList nodes) {
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> nodes.item(i).getTextContent().trim())
                .toList();
    }
}
