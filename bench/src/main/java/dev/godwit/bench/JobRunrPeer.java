package dev.godwit.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.configuration.JobRunrConfiguration;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.storage.sql.sqlite.SqLiteStorageProvider;
import org.jobrunr.utils.mapper.gson.GsonJsonMapper;
import org.jspecify.annotations.Nullable;

/** The scheduler whose jobs are JSON. It gets what suits it: one connection, requests instead of lambdas, batches. */
final class JobRunrPeer implements WorkLoad.Peer {
    private final KeptConnections connections;
    private final SqLiteStorageProvider storage;
    private final JobRequestScheduler scheduler;
    private final Handler handler;
    private boolean isStarted;

    JobRunrPeer(Path file, WorkLoad load) {
        connections = new KeptConnections(file.toString(), 1);
        storage = new SqLiteStorageProvider(connections);
        storage.setJobMapper(new JobMapper(new GsonJsonMapper()));
        scheduler = new JobRequestScheduler(storage);
        handler = new Handler(load);
    }

    /** Whether it is on the class path: it is no part of the packed command. */
    static boolean isPresent() {
        try {
            Class.forName("org.jobrunr.configuration.JobRunr");
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }

    @Override
    public void enqueue(int from, int to) {
        for (int i = from; i < to; i++) {
            scheduler.enqueue(new Upload(WorkLoad.input(i)));
        }
    }

    @Override
    public void enqueueTogether(int from, int to) {
        scheduler.enqueue(IntStream.range(from, to).mapToObj(i -> new Upload(WorkLoad.input(i))));
    }

    @Override
    public void start(int threads) {
        isStarted = true;
        JobActivator activator = new JobActivator() {
            @Override
            public <T> @Nullable T activateJob(Class<T> type) {
                return type.isInstance(handler) ? type.cast(handler) : null;
            }
        };
        JobRunrConfiguration configuration = JobRunr.configure()
                .useJobActivator(activator)
                .useJsonMapper(new GsonJsonMapper())
                .useStorageProvider(storage)
                .useBackgroundJobServer(BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                        .andWorkerCount(threads)
                        .andPollInterval(Duration.ofSeconds(5)));
        configuration.initialize();
    }

    @Override
    public String unfinished() {
        return "select count(*) from jobrunr_jobs where state <> 'SUCCEEDED'";
    }

    @Override
    public void close() {
        if (isStarted) {
            JobRunr.destroy();
        } else {
            storage.close();
        }
        connections.close();
    }

    /** What is to be done. Read and written by its JSON mapper. */
    public static final class Upload implements JobRequest {
        private String input = "";

        /** For the mapper. */
        public Upload() {}

        Upload(String input) {
            this.input = input;
        }

        @Override
        public Class<Handler> getJobRequestHandler() {
            return Handler.class;
        }
    }

    /** Does it. */
    public static final class Handler implements JobRequestHandler<Upload> {
        private final WorkLoad load;

        Handler(WorkLoad load) {
            this.load = load;
        }

        @Override
        public void run(Upload request) {
            load.ran(request.input);
        }
    }
}
