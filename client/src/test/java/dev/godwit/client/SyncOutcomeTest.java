package dev.godwit.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.SyncLoop.Ended;
import dev.godwit.client.SyncLoop.Why;
import dev.godwit.client.SyncResult.End;
import dev.godwit.scheduler.WorkOutcome;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What each end of a sync means for the work, as a table. */
class SyncOutcomeTest {
    private static final long DAY = 86_400_000;

    /** The most that chance can add. */
    private static final Device MOST = new Device() {
        @Override
        public long wallMillis() {
            return 0;
        }

        @Override
        public long elapsedMillis() {
            return 0;
        }

        @Override
        public String bootId() {
            return "";
        }

        @Override
        public UUID randomId() {
            return new UUID(0, 0);
        }

        @Override
        public long randomBelow(long bound) {
            return bound - 1;
        }
    };

    private static WorkOutcome of(End end, Why why, boolean hasMoved, long asked) {
        SyncResult result = new SyncResult(end, 0, 0, 0, 0, 1, 1, 0, 0, 0, asked, "so it is");
        return SyncOutcome.of(new Ended(result, why, hasMoved), SyncPolicy.SMALL, MOST);
    }

    @Test
    void eachEndHasItsOutcome() {
        Why said = Why.AS_IT_SAYS;
        assertThat(of(End.SYNCED, said, true, 0)).isEqualTo(WorkOutcome.success());
        assertThat(of(End.OFFLINE, said, false, 0)).isEqualTo(WorkOutcome.retry("so it is"));
        assertThat(of(End.LATER, said, false, 0)).isEqualTo(WorkOutcome.retry("so it is"));
        assertThat(of(End.LATER, said, false, 1_000)).isEqualTo(new WorkOutcome.RetryAfter(1_500, "so it is"));
        assertThat(of(End.LATER, said, true, 1_000)).isEqualTo(new WorkOutcome.DeferFor(1_500));
        assertThat(of(End.OFFLINE, said, true, 0))
                .as("progress costs no attempt")
                .isEqualTo(new WorkOutcome.DeferFor(SyncPolicy.SMALL.backoff().baseMillis()));
        assertThat(of(End.FAILED, said, true, 1_000)).isEqualTo(WorkOutcome.failed("so it is"));
        assertThat(of(End.FAILED, Why.LOGIN, false, 0)).isEqualTo(new WorkOutcome.NeedsLogin("so it is"));
        assertThat(of(End.LATER, Why.HELD, true, 0)).isEqualTo(WorkOutcome.success());
        assertThat(of(End.LATER, Why.HELD, true, 1_000)).isEqualTo(new WorkOutcome.DeferFor(1_500));
        assertThat(of(End.LATER, Why.STOPPED, true, 0)).isEqualTo(WorkOutcome.retry("so it is"));
    }

    @Test
    void noServerKeepsADeviceAwayForEver() {
        assertThat(of(End.LATER, Why.AS_IT_SAYS, false, Long.MAX_VALUE))
                .isEqualTo(new WorkOutcome.RetryAfter(DAY + DAY / 2, "so it is"));
    }
}
