using Tunduk.Archive.Keys;
using Tunduk.Archive.Writing;

namespace Tunduk.Archive;

/// <summary>Looks at the keys of an archive beside whoever uses them; makes and changes nothing.</summary>
public static class KeyFolder
{
    /// <summary>Why the keys would not open at the next start; null when they would, and where there are none.</summary>
    /// <param name="folder"><see cref="ArchiveOptions.KeyFolder"/>.</param>
    /// <param name="masterKey"><see cref="ArchiveOptions.MasterKeyFile"/>; not one that a token wraps.</param>
    /// <param name="count">Key files that open.</param>
    public static ArchiveFault? Check(string folder, string masterKey, out int count)
    {
        count = 0;
        try
        {
            if (Directory.Exists(folder) && FileKeyStore.HasKeys(folder))
            {
                using FileKeyStore keys = FileKeyStore.Open(folder, masterKey, create: false);
                count = keys.Count;
            }

            return null;
        }
        catch (StoreException e)
        {
            return e.ToFault();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return FileKeyStore.Unreadable(e).ToFault();
        }
    }
}
