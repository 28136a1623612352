package dev.godwit.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The part of the bench that schedules work, on a small scale. */
class WorkBenchTest {
    @Test
    void thePartOfWorkRunsBesideTheOthersAndIsVerified() {
        BenchRun run = BenchRun.of("works", "--works=300", "--pending=1000");
        assertThat(run.said()).doesNotContain("left out");
        assertThat(run.figures())
                .contains("S1 one by one, 1,000 works, beside plain SQLite")
                .contains("S1 100 to a transaction, 1,000 works, the best peer one by one: ")
                .contains("S1 300 works done by 4 workers, beside db-scheduler")
                .contains("S1 300 works done by 4 workers, beside JobRunr")
                .contains("S1 from the condition to the worker, 300 waiting, 99 of 100")
                .contains("S1 from opening to the first worker, 1000 pending")
                .contains("S1 bytes of a work on disk");
    }

    @Test
    void aWorkThatRanTwiceOrNotAtAllIsCounted() throws InterruptedException {
        WorkLoad load = new WorkLoad(3);
        load.ran(WorkLoad.input(0));
        load.ran(WorkLoad.input(2));
        load.ran(WorkLoad.input(2));
        assertThat(load.wrong()).isEqualTo(2);
        load.ran(WorkLoad.input(1));
        assertThat(load.awaitAll()).isTrue();
        assertThat(load.wrong()).isEqualTo(1);
        assertThat(WorkLoad.input(99_999)).hasSize(60);
    }
}
