using Tunduk.Archive.Heads;
using Tunduk.Archive.Keys;
using Tunduk.Archive.Postgres;
using Tunduk.Archive.Verification;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>
/// The archive in PostgreSQL: several adapters, each with its own log and head store, share one database and one folder of keys.
/// </summary>
public static class PostgresArchive
{
    /// <summary>As <see cref="SqliteArchive.OpenAsync(ArchiveOptions, ICheckpointSigner, TimeProvider, CancellationToken)"/>.</summary>
    public static Task<ArchiveOpening> OpenAsync(ArchiveOptions options, PostgresOptions database, ICheckpointSigner signer, TimeProvider time, CancellationToken cancellationToken) =>
        OpenAsync(options, database, signer, time, null, cancellationToken);

    /// <summary>As <see cref="SqliteArchive.SucceedAsync"/>.</summary>
    public static Task<ArchiveOpening> SucceedAsync(
        ArchiveOptions options, PostgresOptions database, ICheckpointSigner signer, TimeProvider time, string reason, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return OpenAsync(options, database, signer, time, reason, cancellationToken);
    }

    /// <summary>Verifies every log in the database without a running adapter and without changing anything; a standby or a restored copy will do.</summary>
    public static async Task<(VerifyReport? Report, ArchiveFault? Fault)> VerifyOfflineAsync(
        OfflineArchive archive, PostgresOptions database, VerifyOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            using FileKeyStore? keys = archive.KeyFolder is null || archive.MasterKeyFile is null ? null : FileKeyStore.Open(archive.KeyFolder, archive.MasterKeyFile, create: false, archive.MasterKeyToken);
            HeadState? known = archive.HeadFolder is null ? null : FileHeadStore.ReadOnly(archive.HeadFolder);
            using PostgresStore store = PostgresStore.Make(database, TimeProvider.System);
            ArchiveVerifier verifier = new(store, keys, known, archive.AnchorFiles);
            return (await verifier.RunAsync(options, cancellationToken).ConfigureAwait(false), null);
        }
        catch (StoreException e)
        {
            return (null, e.ToFault());
        }
    }

    private static Task<ArchiveOpening> OpenAsync(
        ArchiveOptions options, PostgresOptions database, ICheckpointSigner signer, TimeProvider time, string? succeedReason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(time);
        return LogArchive.OpenAsync(options, signer, time, succeedReason, () => PostgresStore.Make(database, time, options.AnswerReserve), null, needsFolder: false, cancellationToken);
    }
}
