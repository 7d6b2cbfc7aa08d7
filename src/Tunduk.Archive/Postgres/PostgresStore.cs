using Npgsql;
using Tunduk.Archive.Searching;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Postgres;

/// <summary>A PostgreSQL database that several adapters share.</summary>
internal sealed class PostgresStore : IArchiveStore
{
    private const string RetentionLock = "tunduk-archive retention";
    private readonly PostgresOptions options;
    private readonly NpgsqlDataSource readers;
    private readonly NpgsqlDataSource writers;
    private readonly NpgsqlDataSource unhurried;
    private readonly TimeProvider time;
    private volatile bool requiresStandby;

    private PostgresStore(PostgresOptions options, NpgsqlDataSource readers, NpgsqlDataSource writers, NpgsqlDataSource unhurried, TimeProvider time, long answerReserve)
    {
        this.options = options;
        this.readers = readers;
        this.writers = writers;
        this.unhurried = unhurried;
        this.time = time;
        requiresStandby = options.RequireStandby;
        Room = new PostgresSpace(options.Capacity, answerReserve, time);
    }

    public bool IsShared => true;

    /// <summary>Whether a commit must wait for a standby.</summary>
    public bool RequiresStandby => requiresStandby;

    public ISpace Space => Room;

    /// <summary>Measured over the writer's connection.</summary>
    public PostgresSpace Room { get; }

    /// <summary>What is known of the times of entries.</summary>
    public EntryMonths Months { get; } = new();

    /// <summary>Under which number this process last took each log over; another one in the database is another process.</summary>
    public Dictionary<int, PostgresFence> Fences { get; } = [];

    /// <summary>A store over these settings; nothing is connected yet.</summary>
    /// <exception cref="StoreException">The settings cannot work.</exception>
    public static PostgresStore Make(PostgresOptions options, TimeProvider time, long answerReserve = 0)
    {
        if (string.IsNullOrWhiteSpace(options.Instance) || options.Instance.Length > 200 || options.CommandTimeout < TimeSpan.FromSeconds(1) || options.CommandTimeout > TimeSpan.FromMinutes(10) || options.Capacity <= 0)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveSettings, Phrases.Of("Postgres.InstanceMust1200"));
        }

        return PostgresDb.Guard(() =>
        {
            NpgsqlConnectionStringBuilder text = new(options.ConnectionString) { Enlist = false, IncludeErrorDetail = false, CommandTimeout = (int)options.CommandTimeout.TotalSeconds, MaxAutoPrepare = 40, AutoPrepareMinUsages = 2 };

            // Many short walks down indexes over many months look dear to the planner, which would compile them for longer than they take.
            text.Options = string.IsNullOrEmpty(text.Options) ? "-c jit=off" : text.Options + " -c jit=off";
            NpgsqlConnectionStringBuilder writer = new(text.ConnectionString) { Pooling = false };
            NpgsqlConnectionStringBuilder slow = new(text.ConnectionString) { Pooling = false, CommandTimeout = 0, MaxAutoPrepare = 0 };

            // A reader leaves nothing behind in its session that the next one would have to be told to forget. Some are kept while nobody reads: what a
            // connection has read of the catalog, and its plans, go with it.
            NpgsqlConnectionStringBuilder reader = new(text.ConnectionString) { NoResetOnClose = true, TcpKeepAlive = true };
            reader.MinPoolSize = Math.Max(reader.MinPoolSize, Math.Min(SearchWarmth.Connections, reader.MaxPoolSize));
            return new PostgresStore(options, Source(reader, options), Source(writer, options), Source(slow, options), time, answerReserve);
        });
    }

    // What a role, a database or the server has for people at a prompt is not for these: a writer between two batches is idle, a reader between
    // two searches too, and how long a statement may take is CommandTimeout.
    private static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder text, PostgresOptions options)
    {
        const string NoTimeouts = """
            SELECT set_config(name, '0', false) FROM pg_settings
              WHERE name IN ('statement_timeout', 'transaction_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout')
            """;
        Func<string>? password = text.Password is { Length: > 0 } given && options.CurrentConnectionString is { } current ? () => PasswordIn(current()) ?? given : null;
        text.Password = password is null ? text.Password : null;
        NpgsqlDataSourceBuilder builder = new(text.ConnectionString);
        if (password is not null)
        {
            builder.UsePasswordProvider(_ => password(), (_, _) => ValueTask.FromResult(password()));
        }

        builder.UsePhysicalConnectionInitializer(
            static connection =>
            {
                using NpgsqlCommand command = new(NoTimeouts, connection);
                command.ExecuteNonQuery();
            },
            static async connection =>
            {
                await using NpgsqlCommand command = new(NoTimeouts, connection);
                await command.ExecuteNonQueryAsync().ConfigureAwait(false);
            });
        return builder.Build();
    }

    // Somebody may be writing it at this moment: what cannot be read has no password.
    private static string? PasswordIn(string? connection)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connection).Password is { Length: > 0 } password ? password : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }

    public void Take(ArchivePolicy policy)
    {
        Room.Take(policy.Capacity);
        requiresStandby = policy.RequireStandby;
    }

    public ILogStore NewWriter() => new PostgresLogStore(this, writers, options, time);

    public void Reclaim(bool deep)
    {
        using PostgresDb db = PostgresDb.Open(unhurried);
        PostgresReclaim.Run(db, PostgresSchema.MonthOf(time.GetUtcNow()), deep);
    }

    // On a connection of its own: with it the transaction ends, and with that the lock.
    public IDisposable LockRetention()
    {
        PostgresDb db = PostgresDb.Open(writers);
        try
        {
            db.Execute("BEGIN");
            db.Query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", static _ => true, RetentionLock);
            return db;
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    public T Use<T>(Func<IStoreReader, T> read)
    {
        using PostgresDb db = PostgresDb.Open(readers);
        return read(new PostgresReader(db, Months));
    }

    public async Task<T> UseAsync<T>(Func<IStoreReader, Task<T>> read)
    {
        using PostgresDb db = PostgresDb.Open(readers);
        return await read(new PostgresReader(db, Months)).ConfigureAwait(false);
    }

    public void Dispose()
    {
        readers.Dispose();
        writers.Dispose();
        unhurried.Dispose();
    }
}
