package dev.godwit.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** Runs the command within the test and keeps what it printed. */
final class Terminal {
    private Terminal() {}

    /** What one command left behind. */
    record Ran(int code, String out, String err) {

        List<String> lines() {
            return out.lines().toList();
        }

        /** The last word of the last line, for instance a transaction's id. */
        String lastWord() {
            String[] words = out.strip().split("\\s+");
            return words[words.length - 1];
        }
    }

    static Ran run(Object... arguments) {
        String[] words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(new PrintWriter(out), new PrintWriter(err), words);
        return new Ran(code, out.toString(), err.toString());
    }
}
