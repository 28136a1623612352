package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people read. */
class ConstraintWordsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            all() | nothing
            connected | a network
            unmetered | an unmetered network
            all(connected,not(unmetered)) | a metered network
            not-roaming | a network without roaming
            validated | a network that reaches the Internet
            not(connected) | no network
            charging | charging
            not(charging) | not charging
            battery-not-low | a battery that is not low
            idle | an idle device
            not(idle) | a device in use
            storage-not-low | enough free storage
            free(500000000) | at least 500 MB free
            not(free(1500000000)) | less than 1.5 GB free
            free(67108864) | at least 64 MiB free
            free(999) | at least 999 B free
            window(22:00-06:00,Europe/Berlin) | the hours 22:00-06:00 (Europe/Berlin)
            not(window(09:00-17:30,UTC)) | the hours outside 09:00-17:30 (UTC)
            custom(peer nearby) | "peer nearby"
            not(custom(vpn)) | not "vpn"
            all(unmetered,charging) | an unmetered network and charging
            all(unmetered,charging,idle) | an unmetered network, charging and an idle device
            any(unmetered,charging,idle) | an unmetered network, charging or an idle device
            all(unmetered,any(charging,free(500000000))) | an unmetered network, and charging or at least 500 MB free
            any(all(connected,not(unmetered)),charging) | a metered network or charging
            any(all(unmetered,idle),charging) | an unmetered network and an idle device, or charging
            not(any(connected,charging)) | no network and not charging
            not(all(connected,charging)) | no network or not charging
            not(not(idle)) | an idle device
            all(idle,not(all(connected,not(unmetered)))) | an idle device, and no network or an unmetered network
            all(idle,any(charging,all(unmetered,any(free(5),custom(a))))) | \
            an idle device, and charging or (an unmetered network and (at least 5 B free or "a"))
            soft(unmetered,21600000) | an unmetered network (for at most 6 hours)
            soft(any(unmetered,charging),5400000) | (an unmetered network or charging) (for at most 1 hour 30 minutes)
            all(connected,soft(idle,90000)) | a network and an idle device (for at most 1 minute 30 seconds)
            soft(idle,86400000) | an idle device (for at most 1 day)
            soft(idle,1500) | an idle device (for at most 1 second 500 milliseconds)
            """)
    void readsAsPeopleWouldSayIt(String text, String words) {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr-TR-u-nu-arab"));
            assertThat(Constraint.parse(text).readable()).isEqualTo(words);
        } finally {
            Locale.setDefault(before);
        }
    }
}
