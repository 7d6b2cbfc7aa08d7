using Tunduk.Archive.Heads;
using Tunduk.Archive.Keys;
using Tunduk.Archive.Sqlite;
using Tunduk.Archive.Verification;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>The embedded archive: one SQLite file, one process.</summary>
public static class SqliteArchive
{
    /// <summary>
    /// Opens the archive, making it if nothing is there; holds it against the head store; gives every request whose end nobody knows an
    /// outcome-unknown entry. Never throws for what may happen in production.
    /// </summary>
    public static Task<ArchiveOpening> OpenAsync(ArchiveOptions options, ICheckpointSigner signer, TimeProvider time, CancellationToken cancellationToken) =>
        OpenAsync(options, signer, time, null, cancellationToken);

    /// <summary>
    /// The way out of <c>archive_rolled_back</c>: closes the old log where it stands and begins a new one whose first entry names the old
    /// checkpoint, the lost range and the reason.
    /// </summary>
    public static Task<ArchiveOpening> SucceedAsync(ArchiveOptions options, ICheckpointSigner signer, TimeProvider time, string reason, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return OpenAsync(options, signer, time, reason, cancellationToken);
    }

    /// <summary>Verifies an archive's files without a running adapter and without changing them: a copy, a backup, or the live folder.</summary>
    public static async Task<(VerifyReport? Report, ArchiveFault? Fault)> VerifyOfflineAsync(
        OfflineArchive archive, VerifyOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            using FileKeyStore? keys = archive.KeyFolder is null || archive.MasterKeyFile is null ? null : FileKeyStore.Open(archive.KeyFolder, archive.MasterKeyFile, create: false, archive.MasterKeyToken);
            HeadState? known = archive.HeadFolder is null ? null : FileHeadStore.ReadOnly(archive.HeadFolder);
            using SqliteStore store = new(archive.Folder);
            ArchiveVerifier verifier = new(store, keys, known, archive.AnchorFiles);
            try
            {
                return (await verifier.RunAsync(options, cancellationToken).ConfigureAwait(false), null);
            }
            catch (StoreException e) when (e.Code == ArchiveFaultCode.ArchiveUnreadable)
            {
                return (null, e.ToFault() with { Detail = e.Message + WhatIsDamaged(store) });
            }
        }
        catch (StoreException e)
        {
            return (null, e.ToFault());
        }
    }

    // SQLite's own words on what a table or index has lost, where it can still say.
    private static string WhatIsDamaged(SqliteStore store)
    {
        const int Lines = 5;
        try
        {
            return string.Concat(store.Use(static reader => reader.CheckFile(Lines)).Take(Lines).Select(static line => " " + line.TrimEnd('.') + "."));
        }
        catch (StoreException)
        {
            return "";
        }
    }

    private static Task<ArchiveOpening> OpenAsync(ArchiveOptions options, ICheckpointSigner signer, TimeProvider time, string? succeedReason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(time);
        return LogArchive.OpenAsync(options, signer, time, succeedReason, () => new SqliteStore(options.Folder, options.AnswerReserve), null, needsFolder: true, cancellationToken);
    }
}
