using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Sandbox;

namespace Tunduk.Adapter.Grants;

/// <summary>
/// Grants and the archiving list: documents that count by the owner's signature, made with a key that is not on this host. A pinned
/// digest is enough in the sandbox alone. They are read anew at every use, so that a grant that was taken away is gone at once.
/// </summary>
internal sealed class OwnerDocuments
{
    private const int MostFiles = 1_000;
    private static readonly TimeSpan Bishkek = TimeSpan.FromHours(6);
    private readonly string grants;
    private readonly string list;
    private readonly AgreementProofChecker checker;

    private OwnerDocuments(string grants, string list, AgreementProofChecker checker)
    {
        this.grants = grants;
        this.list = list;
        this.checker = checker;
    }

    /// <summary>Loads the signers' certificates; what is wrong with them is a fault of the configuration.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <param name="keys">Certificates of the keys on this host: none of them may sign a grant, whatever file it stands in.</param>
    public static OwnerDocuments Open(AdapterConfiguration configuration, List<SettingFault> faults, IEnumerable<X509Certificate2>? keys = null)
    {
        HashSet<string> host = [.. (keys ?? []).Select(static certificate => Convert.ToHexString(certificate.PublicKey.ExportSubjectPublicKeyInfo()))];
        DocumentOptions options = configuration.Options.Documents;
        HashSet<string> own = [.. configuration.Options.Keys.Values.Select(key => configuration.Resolve(key.Certificate))];
        List<X509Certificate2> signers = [];
        foreach (string file in options.OwnerSigners)
        {
            try
            {
                X509Certificate2 signer = X509CertificateLoader.LoadCertificateFromFile(configuration.Resolve(file));
                signers.Add(signer);
                if (host.Contains(Convert.ToHexString(signer.PublicKey.ExportSubjectPublicKeyInfo())))
                {
                    own.Add(configuration.Resolve(file));
                }
            }
            catch (Exception exception) when (exception is CryptographicException or IOException)
            {
                faults.Add(new SettingFault("Documents:OwnerSigners", Phrases.Of("Grants.NoCertificate", file), Phrases.Of("Grants.GivePemDerCertificate")));
            }

            if (own.Contains(configuration.Resolve(file)))
            {
                faults.Add(new SettingFault("Documents:OwnerSigners", Phrases.Of("Grants.CertificateKeyHost", file), Phrases.Of("Grants.GrantsSignedKeyKept")));
            }
        }

        if (options.PinnedOwnerDocuments.Count > 0 && !string.Equals(configuration.Options.Instance, SandboxNames.Instance, StringComparison.Ordinal))
        {
            faults.Add(new SettingFault("Documents:PinnedOwnerDocuments", Phrases.Of("Grants.PinEnoughSandboxAlone"), Phrases.Of("Grants.GrantsArchivingListSigned")));
        }

        HashSet<AgreementDigest> pins = [];
        foreach (string pin in options.PinnedOwnerDocuments)
        {
            if (AgreementDigest.TryParse(pin, out AgreementDigest digest))
            {
                pins.Add(digest);
            }
            else
            {
                faults.Add(new SettingFault("Documents:PinnedOwnerDocuments", Phrases.Of("Grants.NotSha256Hex"), Phrases.Of("Grants.Sha256sumFile")));
            }
        }

        AgreementProofChecker checker = new(new AgreementStoreOptions { Folder = string.Empty, StateFolder = string.Empty, Pins = pins, Signers = signers });
        return new OwnerDocuments(configuration.Resolve(options.Grants), configuration.Resolve(options.ArchivingList), checker);
    }

    /// <summary>The grants that count now, and in words what does not and why.</summary>
    public (IReadOnlyList<Grant> Grants, IReadOnlyList<string> Faults) ReadGrants()
    {
        List<(string File, Grant Grant)> read = [];
        List<string> faults = [];
        if (!Directory.Exists(grants))
        {
            return ([], faults);
        }

        foreach (string file in Directory.EnumerateFiles(grants, "*.yaml").Order(StringComparer.Ordinal).Take(MostFiles))
        {
            if (Document(file, faults) is not { } bytes)
            {
                continue;
            }

            if (GrantReader.Read(Path.GetFileName(file), bytes, Bishkek, out IReadOnlyList<AgreementFault> found) is not { } grant)
            {
                faults.AddRange(found.Select(static fault => fault.ToString()));
            }
            else
            {
                read.Add((Path.GetFileName(file), grant));
            }
        }

        // Two texts under one number: nobody can tell which the owner means now, and a copy of the wider one before it was narrowed must not
        // go on by its file's name. A copy of the same text says nothing else.
        List<Grant> count = [];
        foreach (var same in read.GroupBy(static one => one.Grant.Id, StringComparer.Ordinal))
        {
            if (same.DistinctBy(static one => one.Grant.Digest).Skip(1).Any())
            {
                faults.Add(Phrases.Of("Grants.GrantStandsTwoFiles", string.Join(", ", same.Select(static one => one.File)), same.Key));
            }
            else
            {
                count.Add(same.First().Grant);
            }
        }

        return (count, faults);
    }

    /// <summary>The owner's archiving list; null where none counts.</summary>
    public Retention.ArchivingList? ReadArchivingList(out IReadOnlyList<string> faults)
    {
        List<string> found = [];
        faults = found;
        if (!File.Exists(list) || Document(list, found) is not { } bytes)
        {
            return null;
        }

        Retention.ArchivingList? read = Retention.ArchivingListReader.Read(Path.GetFileName(list), bytes, out IReadOnlyList<AgreementFault> wrong);
        found.AddRange(wrong.Select(static fault => fault.ToString()));
        return read;
    }

    // The bytes that were checked are the bytes that are read.
    private byte[]? Document(string file, List<string> faults)
    {
        try
        {
            FileInfo info = new(file);
            if (info.Length > YamlDocumentReader.MaxBytes)
            {
                faults.Add(Phrases.Of("Grants.DocumentBytes", info.Name, info.Length));
                return null;
            }

            byte[] bytes = File.ReadAllBytes(file);
            byte[]? signature = File.Exists(file + ".sig") && new FileInfo(file + ".sig").Length <= 64 * 1024 ? File.ReadAllBytes(file + ".sig") : null;
            if (checker.By(AgreementDigest.Of(bytes), bytes, signature) is not null)
            {
                return bytes;
            }

            faults.Add($"{info.Name}: {(signature is null ? Phrases.Of("Grants.NotSigned") : Phrases.Of("Grants.SignatureNobodyOwnerNamed"))}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            faults.Add(Phrases.Of("Grants.CannotRead", Path.GetFileName(file)));
        }

        return null;
    }
}
