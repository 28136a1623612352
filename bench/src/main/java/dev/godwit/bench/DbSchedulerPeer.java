package dev.godwit.bench;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The scheduler of one table. It gets what suits it: one connection, texts as bytes, batches. */
final class DbSchedulerPeer implements WorkLoad.Peer {
    /** What its documentation asks for, without indexes that only its options need. */
    private static final List<String> TABLES = List.of(
            "create table scheduled_tasks (task_name varchar(100) not null, task_instance varchar(100) not null,"
                    + " task_data blob, execution_time timestamp not null, picked bit not null, picked_by varchar(50),"
                    + " last_success timestamp, last_failure timestamp, consecutive_failures int,"
                    + " last_heartbeat timestamp, version bigint not null, priority smallint,"
                    + " primary key (task_name, task_instance))",
            "create index execution_time_idx on scheduled_tasks (execution_time)",
            "create index last_heartbeat_idx on scheduled_tasks (last_heartbeat)");

    private final KeptConnections connections;
    private final OneTimeTask<String> task;
    private final SchedulerClient client;
    private @Nullable Scheduler scheduler;

    DbSchedulerPeer(Path file, WorkLoad load) {
        connections = new KeptConnections(file.toString(), 1);
        task = Tasks.oneTime("upload", String.class).execute((instance, context) -> load.ran(instance.getData()));
        try (Connection connection = connections.getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                statement.execute(table);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        client = SchedulerClient.Builder.create(connections, task)
                .serializer(new Texts())
                .build();
    }

    /** Whether it is on the class path: it is no part of the packed command. */
    static boolean isPresent() {
        try {
            Class.forName("com.github.kagkarlsson.scheduler.Scheduler");
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }

    @Override
    public void enqueue(int from, int to) {
        for (int i = from; i < to; i++) {
            client.scheduleIfNotExists(task.instance(WorkLoad.name(i), WorkLoad.input(i)), Instant.now());
        }
    }

    @Override
    public void enqueueTogether(int from, int to) {
        List<TaskInstance<?>> instances = new ArrayList<>();
        for (int i = from; i < to; i++) {
            instances.add(task.instance(WorkLoad.name(i), WorkLoad.input(i)));
        }
        // by itself its batch is a commit for each on this database
        connections.together(() -> client.scheduleBatch(instances, Instant.now()));
    }

    @Override
    public void start(int threads) {
        scheduler = Scheduler.create(connections, task)
                .threads(threads)
                .serializer(new Texts())
                .pollingInterval(Duration.ofMillis(100))
                .pollUsingFetch(1, 50)
                .build();
        scheduler.start();
    }

    @Override
    public String unfinished() {
        return "select count(*) from scheduled_tasks";
    }

    @Override
    public void close() {
        if (scheduler != null) {
            scheduler.stop();
        }
        connections.close();
    }

    /** Bytes of a text, and back. */
    private static final class Texts implements Serializer {
        @Override
        public byte[] serialize(Object data) {
            return data == null ? new byte[0] : data.toString().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public <T> T deserialize(Class<T> type, byte[] bytes) {
            return type.cast(new String(bytes, StandardCharsets.UTF_8));
        }
    }
}
