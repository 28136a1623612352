package dev.godwit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.RecordComponent;
import org.junit.jupiter.api.Test;

/** Each bound can be changed by its name, and none other goes with it. */
class LimitsTest {

    @Test
    void oneLimitIsChangedByItsNameAndNoOther() throws ReflectiveOperationException {
        for (RecordComponent changed : Limits.class.getRecordComponents()) {
            Limits limits = Limits.DEFAULT.with(changed.getName(), 7);
            for (RecordComponent component : Limits.class.getRecordComponents()) {
                long wanted = ((Number) component.getAccessor().invoke(Limits.DEFAULT)).longValue();
                assertThat(((Number) component.getAccessor().invoke(limits)).longValue())
                        .as(component.getName() + " after a change of " + changed.getName())
                        .isEqualTo(component.getName().equals(changed.getName()) ? 7 : wanted);
            }
        }
    }

    @Test
    void anUnknownNameAndAValueThatDoesNotFitAreNamed() {
        assertThatThrownBy(() -> Limits.DEFAULT.with("valueByte", 7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there is no limit valueByte")
                .hasMessageContaining("valueBytes");
        assertThatThrownBy(() -> Limits.DEFAULT.with("valueBytes", 0)).hasMessageContaining("valueBytes = 0");
        assertThatThrownBy(() -> Limits.DEFAULT.with("valueBytes", 1L << 31)).hasMessageContaining("2147483647");
        assertThat(Limits.DEFAULT.with("valueBytes", Integer.MAX_VALUE).valueBytes())
                .isEqualTo(Integer.MAX_VALUE);
        assertThat(Limits.DEFAULT.with("backoffMaxMillis", 1L << 40).backoffMaxMillis())
                .isEqualTo(1L << 40);
    }
}
