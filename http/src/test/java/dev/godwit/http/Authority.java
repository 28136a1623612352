package dev.godwit.http;

import dev.godwit.client.HttpTransportOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** A certificate authority of a test's own, with the JDK's {@code keytool}; it signs for servers and can be trusted. */
final class Authority {
    static final String PASSWORD = "a password for tests";

    private final Path folder;
    private final Path store;
    private final Path certificate;

    Authority(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        this.store = folder.resolve("authority.p12");
        this.certificate = folder.resolve("authority.pem");
        keytool(store, "-genkeypair", "-alias", "authority", "-keyalg", "EC", "-dname", "CN=Tests", "-ext", "bc:c");
        keytool(store, "-exportcert", "-alias", "authority", "-rfc", "-file", certificate.toString());
    }

    /** A key store for a server that is called so, with a certificate that is good from this day on for that many. */
    Path issue(String name, String startDate, int days) throws IOException, InterruptedException {
        Path server = folder.resolve(name.replace(':', '-') + startDate + ".p12");
        Path request = folder.resolve("request.pem");
        Path signed = folder.resolve("signed.pem");
        keytool(server, "-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=server");
        keytool(server, "-certreq", "-alias", "server", "-file", request.toString());
        keytool(
                store,
                "-gencert",
                "-rfc",
                "-alias",
                "authority",
                "-infile",
                request.toString(),
                "-outfile",
                signed.toString(),
                "-ext",
                "san=" + name,
                "-startdate",
                startDate,
                "-validity",
                Integer.toString(days));
        keytool(server, "-importcert", "-alias", "authority", "-noprompt", "-file", certificate.toString());
        keytool(server, "-importcert", "-alias", "server", "-file", signed.toString());
        return server;
    }

    /** A key store that holds the authority's certificate and no key. */
    Path withoutKey() throws IOException, InterruptedException {
        Path keyless = folder.resolve("keyless.p12");
        keytool(keyless, "-importcert", "-alias", "authority", "-noprompt", "-file", certificate.toString());
        return keyless;
    }

    /** Trust in this authority and no other. */
    HttpTransportOptions.Trust trust() throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            trusted.load(in, PASSWORD.toCharArray());
        }
        KeyStore one = KeyStore.getInstance("PKCS12");
        one.load(null, null);
        one.setCertificateEntry("authority", trusted.getCertificate("authority"));
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(one);
        X509TrustManager manager = (X509TrustManager) factory.getTrustManagers()[0];
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return new HttpTransportOptions.Trust(context.getSocketFactory(), manager);
    }

    private static void keytool(Path store, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command + " failed: " + said);
        }
    }
}
