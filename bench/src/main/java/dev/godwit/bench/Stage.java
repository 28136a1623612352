package dev.godwit.bench;

import dev.godwit.cli.Processes;
import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.Remote;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An empty server in a process of its own, the proxy before it, and devices that reach it through the proxy. */
final class Stage implements AutoCloseable {
    private final Path folder;
    private final String schema;
    private final Processes processes = Processes.ofThisJava();
    private final Processes.Server server;
    private final CountingProxy proxy;
    private final List<AutoCloseable> opened = new ArrayList<>();

    /** With the table of work orders. */
    Stage(Path folder) throws IOException {
        this(folder, Rows.SCHEMA);
    }

    Stage(Path folder, String schema) throws IOException {
        this.folder = folder;
        this.schema = schema;
        Path file = folder.resolve("bench.sql");
        Files.writeString(file, schema);
        this.server = processes.serve(file, folder.resolve("server"), "red", 0);
        this.proxy = new CountingProxy(URI.create(server.address()).getPort());
    }

    CountingProxy proxy() {
        return proxy;
    }

    Processes processes() {
        return processes;
    }

    int tokenLength() {
        return server.token().length();
    }

    Path serverFile() {
        return folder.resolve("server").resolve("server.db");
    }

    Path file(String device) {
        return folder.resolve(device + ".db");
    }

    /** Opens a device in this process. */
    Godwit open(String device) {
        HttpTransport transport = new HttpTransport(HttpTransportOptions.of(address(), server::token, Limits.DEFAULT));
        opened.add(0, transport);
        Godwit godwit = Godwit.open(options(device).withTransport(transport));
        opened.add(0, godwit);
        return godwit;
    }

    /** Makes the database of a device that another process will open. */
    void prepare(String device) {
        Godwit.open(options(device)).close();
        new Remote(address(), server.token())
                .write(new JdbcSqlite(), file(device).toString());
    }

    private GodwitOptions options(String device) {
        return GodwitOptions.of(file(device).toString(), new JdbcSqlite())
                .withSchema(schema)
                .withScopes("red");
    }

    private String address() {
        return "http://127.0.0.1:" + proxy.port();
    }

    @Override
    public void close() throws IOException {
        try {
            for (AutoCloseable one : opened) {
                one.close();
            }
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            proxy.close();
            processes.close();
        }
    }
}
