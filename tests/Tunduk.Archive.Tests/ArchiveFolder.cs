using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Tunduk.Archive.Postgres;
using Tunduk.Archive.Sqlite;
using Tunduk.Archive.Stores;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

/// <summary>The folders of one archive under the temporary path, a signing key, and short ways to open and fill it.</summary>
internal sealed class ArchiveFolder : IDisposable
{
    private readonly string root;
    private readonly bool own;

    public ArchiveFolder()
    {
        root = Directory.CreateTempSubdirectory("tunduk-archive-").FullName;
        own = true;
    }

    public ArchiveFolder(string root) => this.root = root;

    public string Root => root;

    public KeySigner Signer { get; init; } = KeySigner.P256();

    public string Data => Path.Combine(root, "data");

    public string Database => Path.Combine(Data, "archive.db");

    public string Head => Path.Combine(root, "head");

    /// <summary>Another adapter of the same database, whose keys this one uses.</summary>
    public ArchiveFolder? SharedKeys { get; init; }

    public string Keys => SharedKeys?.Keys ?? Path.Combine(root, "keys");

    public string MasterKey => SharedKeys?.MasterKey ?? Path.Combine(root, "master.key");

    /// <summary>Every file of the archive but the keys, as bytes.</summary>
    public IReadOnlyList<(string Name, byte[] Bytes)> Files() =>
        [.. new[] { Data, Head, Path.GetDirectoryName(Anchor)! }.Where(Directory.Exists).SelectMany(static d => Directory.EnumerateFiles(d))
            .Where(static f => !f.Contains("reserve.", StringComparison.Ordinal)).Select(static f => (f, ReadShared(f)))];

    public string Anchor => Path.Combine(root, "anchor", "checkpoints.txt");

    public ArchiveOptions Options(string? data = null, long reserve = 16 << 20, string? masterKey = null) => new()
    {
        Folder = data ?? Data,
        HeadFolder = Head,
        KeyFolder = Keys,
        MasterKeyFile = masterKey ?? MasterKey,
        CreateMasterKey = true,
        OriginPrefix = "sandbox/COM/60009001/loans",
        AnchorFiles = [Anchor],
        AnswerReserve = reserve,
        MinFreeForExchanges = 0,
        MinFreeForRefusals = 0,
        MinFreeForAccess = 0,
        ReopenDelay = TimeSpan.Zero,
    };

    /// <summary>Null: SQLite in <see cref="Data"/>.</summary>
    public PostgresOptions? Postgres { get; init; }

    /// <summary>The store below, not opened.</summary>
    public IArchiveStore Store() => Postgres is null ? new SqliteStore(Data, 16 << 20) : PostgresStore.Make(Postgres, TimeProvider.System, 16 << 20);

    /// <summary>What the database takes on its volume.</summary>
    public long BytesOnDisk()
    {
        if (Postgres is null)
        {
            return Directory.EnumerateFiles(Data).Where(static f => !f.Contains("reserve.", StringComparison.Ordinal)).Sum(static f => new FileInfo(f).Length);
        }

        using NpgsqlConnection connection = new(Postgres.ConnectionString + ";Pooling=false");
        connection.Open();
        using NpgsqlCommand command = new("SELECT pg_database_size(current_database())", connection);
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Changes the closed database behind the archive's back.</summary>
    public int Execute(string sql)
    {
        using DbConnection connection = Postgres is null ? new SqliteConnection($"Data Source={Database};Pooling=False") : new NpgsqlConnection(Postgres.ConnectionString + ";Pooling=false");
        connection.Open();
        using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    public async Task<IArchive> OpenAsync(ArchiveOptions? options = null, TimeProvider? time = null)
    {
        ArchiveOpening opening = await TryOpenAsync(options, time);
        opening.Fault.ShouldBeNull();
        return opening.Archive!;
    }

    public Task<ArchiveOpening> TryOpenAsync(ArchiveOptions? options = null, TimeProvider? time = null, KeySigner? signer = null) => Postgres is null
        ? SqliteArchive.OpenAsync(options ?? Options(), signer ?? Signer, time ?? TimeProvider.System, CancellationToken.None)
        : PostgresArchive.OpenAsync(options ?? Options(), Postgres, signer ?? Signer, time ?? TimeProvider.System, CancellationToken.None);

    /// <summary>The same as soon as another process that was killed, or has just closed it, is gone for the server too.</summary>
    public async Task<ArchiveOpening> OpenWhenFreeAsync()
    {
        long begun = TimeProvider.System.GetTimestamp();
        ArchiveOpening opening;
        while ((opening = await TryOpenAsync()).Fault?.Code == ArchiveFaultCode.ArchiveLocked && Postgres is not null && TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromMinutes(2))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        return opening;
    }

    public async Task<VerifyReport> VerifyOfflineAsync(string? data = null, VerifyOptions? options = null, bool withKeys = true)
    {
        OfflineArchive offline = new()
        {
            Folder = data ?? Data,
            HeadFolder = Head,
            KeyFolder = withKeys ? Keys : null,
            MasterKeyFile = withKeys ? MasterKey : null,
            AnchorFiles = File.Exists(Anchor) ? [Anchor] : [],
        };
        (VerifyReport? report, ArchiveFault? fault) = Postgres is null
            ? await SqliteArchive.VerifyOfflineAsync(offline, options ?? new VerifyOptions(), CancellationToken.None)
            : await PostgresArchive.VerifyOfflineAsync(offline, Postgres, options ?? new VerifyOptions(), CancellationToken.None);
        fault.ShouldBeNull();
        return report!;
    }

    /// <summary>Copies the data folder of a closed archive.</summary>
    public string CopyData(string name)
    {
        string copy = Path.Combine(root, name);
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.EnumerateFiles(Data).Where(static f => !f.Contains("reserve.", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)), overwrite: true);
        }

        return copy;
    }

    /// <summary>A copy of the closed database, to be put back later.</summary>
    public string Backup()
    {
        if (Postgres is null)
        {
            return CopyData("backup");
        }

        string name = new NpgsqlConnectionStringBuilder(Postgres.ConnectionString).Database!;
        Administer($"CREATE DATABASE {name}_backup TEMPLATE {name}");
        return name + "_backup";
    }

    /// <summary>Puts a copy in the place of the closed database; null: nothing.</summary>
    public void Restore(string? backup)
    {
        if (Postgres is null)
        {
            Directory.Delete(Data, recursive: true);
            if (backup is not null)
            {
                Directory.Move(backup, Data);
            }

            return;
        }

        string name = new NpgsqlConnectionStringBuilder(Postgres.ConnectionString).Database!;
        Administer($"DROP DATABASE {name} WITH (FORCE)");
        Administer($"CREATE DATABASE {name}" + (backup is null ? "" : " TEMPLATE " + backup));
    }

    /// <summary>Goes on after a rollback with a new log.</summary>
    public Task<ArchiveOpening> SucceedAsync(string reason) => Postgres is null
        ? SqliteArchive.SucceedAsync(Options(), Signer, TimeProvider.System, reason, CancellationToken.None)
        : PostgresArchive.SucceedAsync(Options(), Postgres, Signer, TimeProvider.System, reason, CancellationToken.None);

    private void Administer(string sql)
    {
        NpgsqlConnection.ClearAllPools(); // a template has no other sessions
        using NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder(Postgres!.ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString);
        connection.Open();
        using NpgsqlCommand command = new(sql, connection);
        command.ExecuteNonQuery();
    }

    public static ErasureRequest Erase(IReadOnlyList<RecordId> records, params string[] paths) => new()
    {
        Records = records,
        Paths = paths.Length == 0 ? null : paths,
        Entry = new EntryDraft { Kind = EntryKind.Erasure, Stage = "archive", Code = "erased", Facts = [SealedValue.Text("$purpose", "court order 7")] },
    };

    public static EntryDraft Request(string pin = "21201199000001", string messageId = "m-1") => new()
    {
        Kind = EntryKind.Request,
        Role = ExchangeRole.Consumer,
        Stage = "Append",
        Code = "ok",
        Counterparty = "sandbox/GOV/70009001/registry",
        OwnSubsystem = "sandbox/COM/60009001/loans",
        Service = "sandbox/GOV/70009001/registry/getPerson/v1",
        Agreement = "SLA-2026-014",
        AgreementVersion = 3,
        ArchivingListVersion = "2026-1",
        Signature = SignatureStatus.OwnEmbedded,
        CertificateSha256 = new byte[32],
        EventTime = TimeProvider.System.GetUtcNow(),
        MessageSize = 1234,
        UserId = "KG21201199000009",
        Basis = "loan-scoring 17/2026",
        MessageId = messageId,
        Values = [SealedValue.Text("request/pin", pin)],
        Persons = [new IndexTerm(IndexKind.Pin, pin)],
        Parts = [new PayloadPart("message", "text/xml; charset=utf-8", "<soap/>"u8.ToArray())],
        AnswerReserve = 4096,
    };

    public static EntryDraft Response(RecordId request, string pin = "21201199000001") => new()
    {
        Kind = EntryKind.Response,
        Role = ExchangeRole.Consumer,
        Stage = "Append",
        Code = "ok",
        Counterparty = "sandbox/GOV/70009001/registry",
        OwnSubsystem = "sandbox/COM/60009001/loans",
        Service = "sandbox/GOV/70009001/registry/getPerson/v1",
        Link = request,
        Signature = SignatureStatus.Verified,
        CertificateSha256 = new byte[32],
        Values = [SealedValue.Text("response/surname", "Testova"), SealedValue.Text("response/name", "Aizada"), SealedValue.Removed("response/(unlisted)")],
        Persons = [new IndexTerm(IndexKind.Pin, pin)],
        Parts = [new PayloadPart("message", "text/xml; charset=utf-8", "<answer/>"u8.ToArray())],
    };

    // The archive may have it open and locked.
    private static byte[] ReadShared(string path)
    {
        if (path.EndsWith(".lock", StringComparison.Ordinal))
        {
            return [];
        }

        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    public void Dispose()
    {
        Signer.Dispose();
        if (own)
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
