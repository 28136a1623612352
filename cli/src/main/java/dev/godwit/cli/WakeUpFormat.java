package dev.godwit.cli;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** The timers of operating systems: the files of a registration, and how they are installed. Pure. */
enum WakeUpFormat {
    /** A timer and a service of the user, for systemd. */
    SYSTEMD {
        @Override
        List<WakeUp.UnitFile> files(WakeUp wake) {
            wake.refuse(0, "[\\p{Cntrl}\"'\\\\]", "systemd in the path of a program");
            String service = """
                    [Unit]
                    Description=Due background work of %1$s
                    %2$s
                    [Service]
                    Type=oneshot
                    ExecStart=%3$s
                    # 4: something is parked, and wants a person; it is no failure of the timer
                    SuccessExitStatus=4
                    Nice=10
                    IOSchedulingClass=idle
                    TimeoutStartSec=1h
                    TimeoutStopSec=1min
                    """.formatted(
                            wake.name(), wake.onPower() ? "ConditionACPower=true\n" : "", execStart(wake.command()));
            String timer = """
                    [Unit]
                    Description=Due background work of %1$s, every %2$s

                    [Timer]
                    OnCalendar=%3$s
                    # what was missed while the machine slept or was off is made up for
                    Persistent=true
                    RandomizedDelaySec=%4$d

                    [Install]
                    WantedBy=timers.target
                    """.formatted(
                            wake.name(),
                            wake.every(),
                            wake.every().calendar(),
                            wake.every().spreadSeconds());
            return List.of(
                    new WakeUp.UnitFile(wake.name() + ".service", service),
                    new WakeUp.UnitFile(wake.name() + ".timer", timer));
        }

        @Override
        List<String> installs(WakeUp wake) {
            return List.of(
                    "copy both files to ~/.config/systemd/user/, then",
                    "systemctl --user daemon-reload",
                    "systemctl --user enable --now " + wake.name() + ".timer",
                    "loginctl enable-linger    # only if it shall run while you are not logged in");
        }
    },

    /** An agent of the user, for launchd. */
    LAUNCHD {
        @Override
        List<WakeUp.UnitFile> files(WakeUp wake) {
            wake.refuse(wake.command().size() - 1, NOT_IN_XML, "a property list");
            if (wake.onPower()) {
                throw new IllegalArgumentException(
                        "--on-power: launchd has no such condition; let the work itself ask for it, with Constraint.charging()");
            }
            String words = wake.command().stream()
                    .map(word -> "    <string>" + WakeUp.xml(word) + "</string>")
                    .collect(Collectors.joining("\n"));
            return List.of(new WakeUp.UnitFile("dev.godwit." + wake.name() + ".plist", """
                    <?xml version="1.0" encoding="UTF-8"?>
                    <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
                    <plist version="1.0">
                    <dict>
                      <key>Label</key>
                      <string>dev.godwit.%1$s</string>
                      <key>ProgramArguments</key>
                      <array>
                    %2$s
                      </array>
                      <key>StartInterval</key>
                      <integer>%3$d</integer>
                      <key>RunAtLoad</key>
                      <true/>
                      <key>ProcessType</key>
                      <string>Background</string>
                      <key>LowPriorityIO</key>
                      <true/>
                      <key>Nice</key>
                      <integer>10</integer>
                    </dict>
                    </plist>
                    """.formatted(
                            wake.name(), words, wake.every().seconds())));
        }

        @Override
        List<String> installs(WakeUp wake) {
            String file = "dev.godwit." + wake.name() + ".plist";
            return List.of(
                    "copy the file to ~/Library/LaunchAgents/, then",
                    "launchctl bootstrap gui/$(id -u) ~/Library/LaunchAgents/" + file);
        }
    },

    /** A task of the user, for Task Scheduler. */
    WINDOWS {
        @Override
        List<WakeUp.UnitFile> files(WakeUp wake) {
            wake.refuse(wake.command().size() - 1, NOT_IN_XML, "a task");
            for (String word : wake.command()) {
                if (word.matches("(?s).*%[^%]+%.*")) {
                    throw new IllegalArgumentException(
                            "'" + word
                                    + "' has a part between two %, which Task Scheduler takes for a variable: give it another name");
                }
            }
            List<String> words = wake.command();
            String task = """
                    <?xml version="1.0" encoding="UTF-16"?>
                    <Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
                      <RegistrationInfo>
                        <Description>Due background work of %1$s, every %2$s</Description>
                      </RegistrationInfo>
                      <Triggers>
                        <TimeTrigger>
                          <Repetition>
                            <Interval>PT%3$dM</Interval>
                          </Repetition>
                          <StartBoundary>2020-01-01T00:00:00</StartBoundary>
                          <Enabled>true</Enabled>
                          <RandomDelay>PT%4$dS</RandomDelay>
                        </TimeTrigger>
                      </Triggers>
                      <Principals>
                        <Principal id="Author">
                          <LogonType>InteractiveToken</LogonType>
                          <RunLevel>LeastPrivilege</RunLevel>
                        </Principal>
                      </Principals>
                      <Settings>
                        <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
                        <DisallowStartIfOnBatteries>%5$s</DisallowStartIfOnBatteries>
                        <StopIfGoingOnBatteries>%5$s</StopIfGoingOnBatteries>
                        <StartWhenAvailable>true</StartWhenAvailable>
                        <ExecutionTimeLimit>PT1H</ExecutionTimeLimit>
                        <Priority>7</Priority>
                      </Settings>
                      <Actions Context="Author">
                        <Exec>
                          <Command>%6$s</Command>
                          <Arguments>%7$s</Arguments>
                        </Exec>
                      </Actions>
                    </Task>
                    """.formatted(
                            wake.name(),
                            wake.every(),
                            wake.every().minutes(),
                            wake.every().spreadSeconds(),
                            wake.onPower(),
                            WakeUp.xml(words.get(0)),
                            WakeUp.xml(words.subList(1, words.size()).stream()
                                    .map(WakeUpFormat::windowsWord)
                                    .collect(Collectors.joining(" "))));
            // schtasks reads UTF-16 with its mark
            return List.of(new WakeUp.UnitFile(
                    wake.name() + ".xml", "\uFEFF" + task.replace("\n", "\r\n"), StandardCharsets.UTF_16LE));
        }

        @Override
        List<String> installs(WakeUp wake) {
            return List.of("schtasks /Create /TN " + wake.name() + " /XML " + wake.name() + ".xml");
        }
    };

    private static final String NOT_IN_XML = "[\\p{Cntrl}\\x{D800}-\\x{DFFF}\\x{FFFE}\\x{FFFF}]";

    /** The files, for a folder. */
    abstract List<WakeUp.UnitFile> files(WakeUp wake);

    /** What a person does with them, line by line. */
    abstract List<String> installs(WakeUp wake);

    /** The program's path is not looked through for variables, its arguments are. */
    private static String execStart(List<String> command) {
        return command.stream().limit(1).map(WakeUpFormat::systemdWord).collect(Collectors.joining())
                + command.stream()
                        .skip(1)
                        .map(word -> " " + systemdWord(word).replace("$", "$$"))
                        .collect(Collectors.joining());
    }

    /** A word as systemd reads it: in quotes, with its escapes, and % for itself. */
    private static String systemdWord(String text) {
        StringBuilder word = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> word.append('\\').append(c);
                case '%' -> word.append("%%");
                default -> {
                    if (c < 0x20 || c == 0x7f) {
                        word.append(String.format("\\x%02x", (int) c));
                    } else {
                        word.append(c);
                    }
                }
            }
        }
        return word.append('"').toString();
    }

    /** A word as programs on Windows read their line: quotes around it, backslashes doubled where a quote follows. */
    static String windowsWord(String text) {
        if (!text.isEmpty() && !text.matches("(?s).*[\\s\"].*")) {
            return text;
        }
        StringBuilder word = new StringBuilder("\"");
        int backslashes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                backslashes++;
            } else {
                word.append("\\".repeat(c == '"' ? 2 * backslashes + 1 : backslashes))
                        .append(c);
                backslashes = 0;
            }
        }
        return word.append("\\".repeat(2 * backslashes)).append('"').toString();
    }
}
