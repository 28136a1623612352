package dev.godwit.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.TablePolicies.OnDelete;
import dev.godwit.schema.SchemaReader;
import java.io.IOException;
import java.nio.file.Files;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The policy rows that docs/merging.md shows are ones that a schema file may have, and say what the page says. */
class PolicyRowsTest {
    private static final String TABLES = """
            create table genre (id text primary key, name text);
            create table work_order (id text primary key, team text scope not null, status text, notes varchar(2000));
            """;

    @Test
    void theExampleIsReadAsThePageSays() throws IOException {
        Matcher rows = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(ProjectFiles.ROOT.resolve("docs/merging.md")));
        assertThat(rows.find()).as("policy rows in docs/merging.md").isTrue();
        Schema schema = new SchemaReader(new JdbcSqlite()).read("merging.md", TABLES + rows.group(1));
        assertThat(schema.table("genre").orElseThrow().constantScope()).isEqualTo("shared");
        Table order = schema.table("work_order").orElseThrow();
        assertThat(order.policies().delete()).isEqualTo(OnDelete.UPDATE_WINS);
        assertThat(order.columns().get(2).options().precedence()).containsExactly("open", "assigned", "done");
        assertThat(order.columns().get(3).merge()).isEqualTo(MergeWord.MERGED_TEXT);
    }
}
