using System.Diagnostics.CodeAnalysis;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// New versions that run beside those in force and decide nothing: the documents of the folder <c>shadow</c> below that
/// of the agreements. What they would do otherwise is counted. They need no pin or signature, since they grant nothing;
/// their dates do not count.
/// </summary>
internal sealed class AgreementShadows(Func<string> folder, AgreementReader reader)
{
    /// <summary>Name of the folder below that of the agreements.</summary>
    public const string FolderName = "shadow";

    private Dictionary<AgreementKey, AgreementMatch> found = [];
    private IReadOnlyList<AgreementFault> faults = [];
    private string fingerprint = string.Empty;

    private string Folder => Path.Combine(folder(), FolderName);

    /// <summary>What is wrong with the documents; a broken one is left out.</summary>
    public IReadOnlyList<AgreementFault> Faults => Volatile.Read(ref faults);

    /// <summary>The shadow version for a key.</summary>
    public bool TryFind(AgreementKey key, [NotNullWhen(true)] out Agreement? agreement, [NotNullWhen(true)] out AgreementService? service)
    {
        AgreementMatch match = Volatile.Read(ref found).GetValueOrDefault(key);
        agreement = match.Agreement;
        service = match.Service;
        return match.IsFound;
    }

    /// <summary>Contracts or the folder have changed: the next look reads everything.</summary>
    public void Forget()
    {
        reader.ForgetContracts();
        Volatile.Write(ref fingerprint, "?");
    }

    /// <summary>Reads the folder if the names, sizes or times of its files have changed.</summary>
    public void ReloadIfChanged()
    {
        FileInfo[] files = Directory.Exists(Folder)
            ? [.. new DirectoryInfo(Folder).EnumerateFiles("*.yaml").OrderBy(static f => f.Name, StringComparer.Ordinal)]
            : [];
        string now = string.Join('\n', files.Select(static f => $"{f.Name} {f.Length} {f.LastWriteTimeUtc.Ticks}"));
        if (now == fingerprint)
        {
            return;
        }

        Dictionary<AgreementKey, AgreementMatch> next = [];
        List<AgreementFault> wrong = [];
        foreach (FileInfo file in files)
        {
            string name = FolderName + "/" + file.Name;
            if (file.Length > YamlDocumentReader.MaxBytes)
            {
                wrong.Add(new("document_too_large", name, 0, 0, string.Empty, Phrases.Of("Agreements.DocumentTooLarge"), Phrases.Of("Agreements.AgreementMostBytes", YamlDocumentReader.MaxBytes)));
                continue;
            }

            AgreementReading reading = reader.Read(name, File.ReadAllBytes(file.FullName));
            wrong.AddRange(reading.Faults.Where(static f => !f.IsWarning));
            foreach (AgreementService service in reading.Agreement?.Services ?? [])
            {
                AgreementKey key = new(reading.Agreement!.Own, reading.Agreement.Counterparty, service.Service, reading.Agreement.Role);
                if (!next.TryAdd(key, new AgreementMatch(reading.Agreement, service, null)))
                {
                    wrong.Add(new("agreement_conflict", name, service.Line, 1, "services", Phrases.Of("Agreements.StandsAnotherShadowDocument", service.Service), Phrases.Of("Agreements.KeepShadowVersionEach")));
                }
            }
        }

        Volatile.Write(ref found, next);
        Volatile.Write(ref faults, wrong);
        fingerprint = now;
    }
}
