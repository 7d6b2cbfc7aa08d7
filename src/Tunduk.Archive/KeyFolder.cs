using Tunduk.Archive.Keys;
using Tunduk.Archive.Writing;

namespace Tunduk.Archive;

/// <summary>Looks at the keys of an archive beside whoever uses them; makes and changes nothing.</summary>
public static class KeyFolder
{
    /// <summary>Why the keys would not open at the next start; null when they would, and where no key was made yet.</summary>
    /// <param name="folder"><see cref="ArchiveOptions.KeyFolder"/>.</param>
    /// <param name="masterKey"><see cref="ArchiveOptions.MasterKeyFile"/>; not one that a token wraps.</param>
    public static ArchiveFault? Check(string folder, string masterKey)
    {
        try
        {
            if (Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.key").Any())
            {
                using FileKeyStore keys = FileKeyStore.Open(folder, masterKey, create: false);
            }

            return null;
        }
        catch (StoreException e)
        {
            return e.ToFault();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new StoreException(ArchiveFaultCode.ArchiveKeys, Phrases.Of("Keys.KeyFileCannotRead", e.Message), e).ToFault();
        }
    }
}
