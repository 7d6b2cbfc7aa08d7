namespace Tunduk.Archive.Heads;

/// <summary>
/// Keeps the newest head apart from the database, so that a copied-back database is found.
/// </summary>
/// <remarks>
/// <see cref="Replace"/> is a compare-and-swap: it succeeds only when what is stored is still the expected state as this store
/// last saw it, and it is on disk (file and folder synced) when it returns. When it throws, either state may be stored.
/// </remarks>
internal interface IHeadStore : IDisposable
{
    /// <summary>Takes the lock and reads; null when nothing was ever stored.</summary>
    HeadState? Open();

    void Replace(HeadState? expected, HeadState next);
}
