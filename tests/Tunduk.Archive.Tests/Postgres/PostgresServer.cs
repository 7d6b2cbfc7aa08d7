using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Tunduk.Archive.Tests.Postgres;

/// <summary>
/// A PostgreSQL cluster of the test's own in a temporary folder, reached over a Unix socket. The server refuses to run as root: then
/// it runs as the user <c>tunduk-test</c>, whom <c>tests/install</c> makes.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    private const string User = "tunduk-test";
    private static readonly string Bin = Directory.EnumerateDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last() + "/bin/";
    private static readonly bool Root = Environment.UserName == "root";
    private static readonly string[] LargeSettings = ["shared_buffers = 512MB", "max_wal_size = 4GB", "min_wal_size = 2GB", "checkpoint_timeout = 30min"];
    private const int WalFiles = 128; // 2 GB
    private static int databases;
    private readonly string root;
    private readonly bool kept;

    /// <summary>A running cluster.</summary>
    public PostgresServer()
        : this(null)
    {
    }

    private PostgresServer(PostgresServer? primary, string? keptIn = null, params string[] settings)
    {
        kept = keptIn is not null;
        root = keptIn is null ? Directory.CreateTempSubdirectory("tunduk-pg-").FullName : Directory.CreateDirectory(keptIn).FullName;
        if (Directory.Exists(Data))
        {
            Start();
            return;
        }

        if (Root)
        {
            Require(Run("chown", User, root), "chown");
        }

        if (primary is null)
        {
            Require(As(Bin + "initdb", "--no-sync", "--auth=trust", "--username=tunduk", "--encoding=UTF8", "--locale=C", "-D", Data), "initdb");
            Configure("shared_buffers = 32MB", "max_connections = 60", "max_wal_senders = 4", "wal_level = replica", "logging_collector = off", "listen_addresses = ''",
                "unix_socket_permissions = 0777", "autovacuum = off");
        }
        else
        {
            Require(As(Bin + "pg_basebackup", "-h", primary.root, "-U", "tunduk", "-D", Data, "-R", "--no-sync", "--checkpoint=fast", "-d", "application_name=standby"), "pg_basebackup");
        }

        Configure([$"unix_socket_directories = '{root}'", .. settings]);
        Start();
    }

    /// <summary>A running cluster with memory for a large database.</summary>
    public static PostgresServer Large() => new(null, null, LargeSettings);

    /// <summary>The cluster in this folder, made there if it is not, and left there, stopped, at the end.</summary>
    public static PostgresServer Kept(string folder) => new(null, folder, LargeSettings);

    /// <summary>
    /// Makes the files of its write-ahead log beforehand: a server that has been in service for a while writes to those it has, and one just made
    /// spends a good part of each commit on making them.
    /// </summary>
    public void MakeWalFiles()
    {
        for (int i = 0; i < WalFiles; i++)
        {
            Sql("postgres", "SELECT pg_logical_emit_message(false, 'tunduk', ''); SELECT pg_switch_wal()");
        }

        Checkpoint();
    }

    /// <summary>Writes what it has in memory, so that what comes next does not pay for what went before.</summary>
    public void Checkpoint() => Sql("postgres", "CHECKPOINT");

    /// <summary>Everything the cluster has on disk.</summary>
    public string Folder => root;

    /// <summary>Processor time of the server's present processes.</summary>
    public double CpuMilliseconds()
    {
        double sum = 0;
        string parent = File.ReadLines(Path.Combine(Data, "postmaster.pid")).First();
        foreach (string child in File.ReadAllText($"/proc/{parent}/task/{parent}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                sum += double.Parse(File.ReadAllText($"/proc/{child}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1e6;
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        return sum;
    }

    private string Data => Path.Combine(root, "data");

    /// <summary>A standby that streams from this server.</summary>
    public PostgresServer Standby() => new(this);

    /// <summary>Connection string of a new database, empty or a copy of another one.</summary>
    public string NewDatabase(string copyOf = "template1")
    {
        string name = "t" + Interlocked.Increment(ref databases).ToString(CultureInfo.InvariantCulture);
        MakeDatabase(name, copyOf);
        return ConnectionString(name);
    }

    public void MakeDatabase(string name, string copyOf = "template1") => Sql("postgres", $"CREATE DATABASE {name} TEMPLATE {copyOf}");

    public string ConnectionString(string database) => $"Host={root};Username=tunduk;Database={database};Timeout=60";

    public void Sql(string database, string sql)
    {
        using NpgsqlConnection connection = new(ConnectionString(database) + ";Pooling=false");
        connection.Open();
        using NpgsqlCommand command = new(sql, connection) { CommandTimeout = 0 }; // a large database is cleaned for minutes
        command.ExecuteNonQuery();
    }

    /// <summary>What the server's own client prints for a statement.</summary>
    public string Psql(string database, string sql)
    {
        using Process process = Process.Start(new ProcessStartInfo("psql", ["-h", root, "-U", "tunduk", "-d", database, "-Atc", sql]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        string text = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        Require(process.ExitCode, "psql");
        return text;
    }

    public void Configure(params string[] lines) => File.AppendAllLines(Path.Combine(Data, "postgresql.conf"), lines);

    /// <summary>From now on this role has to say its password.</summary>
    public void RequirePasswordOf(string role)
    {
        string rules = Path.Combine(Data, "pg_hba.conf");
        File.WriteAllText(rules, $"local all {role} scram-sha-256\n" + File.ReadAllText(rules));
        Reload();
    }

    /// <summary>Reads the configuration again.</summary>
    public void Reload() => Sql("postgres", "SELECT pg_reload_conf()");

    public void Start()
    {
        // A killed server's children take a moment to go.
        for (int i = 0; i < 20; i++)
        {
            if (As(Bin + "pg_ctl", "start", "-w", "-s", "-D", Data, "-l", Path.Combine(root, "log")) == 0)
            {
                return;
            }
        }

        throw new InvalidOperationException(File.ReadAllText(Path.Combine(root, "log")));
    }

    public void Stop() => Require(As(Bin + "pg_ctl", "stop", "-m", "fast", "-w", "-s", "-D", Data), "stop");

    /// <summary>SIGKILL of the server: nothing of it is left to say goodbye.</summary>
    public void Kill()
    {
        using Process server = Process.GetProcessById(int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture));
        server.Kill();
        server.WaitForExit();
    }

    public void Promote() => Require(As(Bin + "pg_ctl", "promote", "-w", "-s", "-D", Data), "promote");

    public void Dispose()
    {
        if (kept)
        {
            NpgsqlConnection.ClearAllPools();
            Stop();
            return;
        }

        As(Bin + "pg_ctl", "stop", "-m", "immediate", "-s", "-D", Data);
        NpgsqlConnection.ClearAllPools();
        Directory.Delete(root, recursive: true);
    }

    private static void Require(int code, string what)
    {
        if (code != 0)
        {
            throw new InvalidOperationException($"{what} ended with {code}.");
        }
    }

    private static int As(string program, params string[] arguments) => Root
        ? Run("setpriv", ["--reuid", User, "--regid", User, "--clear-groups", program, .. arguments])
        : Run(program, arguments);

    private static int Run(string program, params string[] arguments)
    {
        // The server inherits the output: a pipe nobody reads to its end would keep this waiting.
        using Process process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program, .. arguments]) { WorkingDirectory = "/" })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
