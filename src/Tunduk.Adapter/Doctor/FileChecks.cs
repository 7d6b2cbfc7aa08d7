using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Keys;

namespace Tunduk.Adapter.Doctor;

/// <summary>Files and folders: who can read secrets, who can change what the adapter believes, and whether there is room.</summary>
internal static class FileChecks
{
    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const long LeastFree = 1L << 30;

    public static IEnumerable<DoctorFinding> Run(AdapterConfiguration configuration)
    {
        var findings = new List<DoctorFinding>();
        var archive = configuration.Options.Archive;
        foreach (var (name, path) in new[] { ("archive", archive.Folder), (Phrases.Of("Doctor.ArchiveKeys"), archive.Keys), (Phrases.Of("Doctor.ArchiveHead"), archive.Head) }.Where(folder => folder.Item2.Length > 0))
        {
            findings.Add(Room(name, configuration.Resolve(path)));
        }

        var (store, head) = (configuration.Resolve(archive.Folder), configuration.Resolve(archive.Head));
        if (archive.Folder.Length > 0 && Directory.Exists(store) && Directory.Exists(head))
        {
            if (Volume(store) == Volume(head))
            {
                findings.Add(DoctorFinding.Warning(Phrases.Of("Doctor.ArchiveHead"), Phrases.Of("Doctor.LiesArchiveVolume"), Phrases.Of("Doctor.PutAnotherWhoRestores")));
            }

            if (Directory.EnumerateFileSystemEntries(store).Any() && !Directory.EnumerateFileSystemEntries(head).Any())
            {
                findings.Add(DoctorFinding.Broken(Phrases.Of("Doctor.ArchiveHead"), Phrases.Of("Doctor.EmptyBesideArchiveNot"), Phrases.Of("Doctor.FindHeadStoreArchive")));
            }
        }

        if (archive.MasterKeyToken is null && ArchiveSetup.IsFile(archive.MasterKey))
        {
            findings.AddRange(Keys(configuration.Resolve(archive.Keys), configuration.Resolve(archive.MasterKey)));
        }

        findings.AddRange(Secrets(configuration).Where(File.Exists).Where(SecretFile.IsOpenToOthers)
            .Select(path => DoctorFinding.Broken(Phrases.Of("Doctor.File", path), Phrases.Of("Doctor.GroupOthersCanRead"), Phrases.Of("Doctor.Chmod600FileConsider"))));
        findings.AddRange(Believed(configuration).Where(IsWritableByOthers)
            .Select(path => DoctorFinding.Broken(Phrases.Of("Doctor.File", path), Phrases.Of("Doctor.GroupOthersCanWrite"), Phrases.Of("Doctor.ChmodGoWWho"))));
        findings.AddRange(Evidence(configuration).Where(path => IsWritable(path, UnixFileMode.OtherWrite))
            .Select(path => DoctorFinding.Broken(Phrases.Of("Doctor.File", path), Phrases.Of("Doctor.EverybodyCanWrite"), Phrases.Of("Doctor.ChmodOWWho"))));
        return findings;
    }

    // Before the first start there is neither; a master key without keys is that of an adapter that archived nothing yet, or keys that went away.
    private static IEnumerable<DoctorFinding> Keys(string folder, string masterKey)
    {
        var subject = Phrases.Of("Doctor.ArchiveKeys");
        return (Tunduk.Archive.KeyFolder.Check(folder, masterKey, out var count), count) switch
        {
            ({ } fault, _) => [DoctorFinding.Broken(subject, fault.Detail, fault.Remedy)],
            (_, > 0) => [DoctorFinding.Ok(subject, Phrases.Of("Doctor.KeysOpen", count))],
            _ when File.Exists(masterKey) => [DoctorFinding.Warning(subject, Phrases.Of("Doctor.NoKeysBesideMasterKey", folder), Phrases.Of("Doctor.PutKeysBack"))],
            _ => [],
        };
    }

    // A folder that is made at the first start lies on the volume of the nearest one above it.
    private static DoctorFinding Room(string name, string folder)
    {
        const long Least = Tunduk.Archive.ArchiveOptions.LeastFreeForExchanges;
        try
        {
            var there = folder;
            while (!Directory.Exists(there) && Path.GetDirectoryName(there) is { } above)
            {
                there = above;
            }

            var free = new DriveInfo(there).AvailableFreeSpace;
            return free < Least ? DoctorFinding.Broken(name, Phrases.Of("Doctor.MiBFree", free >> 20), Phrases.Of("Doctor.MakeRoomBelowMiB", Least >> 20))
                : free < LeastFree ? DoctorFinding.Warning(name, Phrases.Of("Doctor.MiBFree", free >> 20), Phrases.Of("Doctor.MakeRoomBelowMiB", Least >> 20))
                : DoctorFinding.Ok(name, Phrases.Of("Doctor.GiBFree", free >> 30, there == folder ? "" : Phrases.Of("Doctor.MadeFirstStart")));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return DoctorFinding.Broken(name, Phrases.Of("Doctor.VolumeCannotAsked", exception.GetType().Name), Phrases.Of("Doctor.MountLetAdapterUser"));
        }
    }

    // A drive made from a folder is named by that folder: the volume is the mounted one with the longest name above it.
    public static string? Volume(string folder) => DriveInfo.GetDrives()
        .Select(drive => drive.Name)
        .Where(name => (folder + "/").StartsWith(name.TrimEnd('/') + "/", StringComparison.Ordinal))
        .MaxBy(name => name.Length);

    // Signing, TLS and listener keys are looked at where they are loaded.
    private static IEnumerable<string> Secrets(AdapterConfiguration configuration)
    {
        var options = configuration.Options;
        var keys = configuration.Resolve(options.Archive.Keys);
        var passwords = options.Keys.Values.Select(key => key.PasswordFile)
            .Append(options.SecurityServer.ClientCertificatePasswordFile)
            .Append(options.Listen.Is.CertificatePasswordFile)
            .Append(options.Listen.Grpc.CertificatePasswordFile)
            .Append(options.Listen.SecurityServer.CertificatePasswordFile)
            .Append(options.Listen.Admin.CertificatePasswordFile)
            .Append(options.Archive.MasterKeyToken?.PasswordFile)
            .Concat(options.Archive.Anchors.Select(anchor => anchor.TokenFile))
            .OfType<string>();
        return passwords.Append(options.Archive.MasterKey).Select(configuration.Resolve)
            .Concat(Directory.Exists(keys) ? Directory.EnumerateFiles(keys, "*", SearchOption.AllDirectories) : []);
    }

    private static IEnumerable<string> Believed(AdapterConfiguration configuration)
    {
        var documents = configuration.Options.Documents;
        var folders = new[] { documents.Agreements, documents.Contracts, documents.State, documents.Grants }.Select(configuration.Resolve).Where(Directory.Exists).ToList();
        return folders.Concat(folders.SelectMany(folder => Directory.EnumerateFiles(folder))).Append(configuration.File).Concat(configuration.Options.Trust.Anchors.Select(configuration.Resolve).Where(File.Exists));
    }

    // The files of the keys are among the secrets already; in their folder they could still be deleted.
    private static IEnumerable<string> Evidence(AdapterConfiguration configuration)
    {
        var archive = configuration.Options.Archive;
        var folders = new[] { archive.Folder, archive.Head }.Where(folder => folder.Length > 0).Select(configuration.Resolve).Where(Directory.Exists).ToList();
        var single = new[] { archive.Keys, archive.AnchorFile }.Where(path => !string.IsNullOrEmpty(path)).Select(path => configuration.Resolve(path!));
        return folders.Concat(folders.SelectMany(folder => Directory.EnumerateFiles(folder))).Concat(single.Where(path => Directory.Exists(path) || File.Exists(path)));
    }

    private static bool IsWritableByOthers(string path) => IsWritable(path, WritableByOthers);

    private static bool IsWritable(string path, UnixFileMode by) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & by) != 0;
}
