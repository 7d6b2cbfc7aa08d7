using Tunduk.XRoad.Contracts.OpenApi;
using Tunduk.XRoad.Contracts.Schema;
using Tunduk.XRoad.Contracts.Wsdl;

namespace Tunduk.XRoad.Contracts;

/// <summary>Reads a contract file of any kind. Bad input is a finding, never an exception.</summary>
internal static class ContractImporter
{
    public static ContractImport FromFile(string path, ImportOptions options)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                return Failed("file", Phrases.Of("Contracts.FileDoesNotExist"), path);
            }

            // A pipe, socket or device has no length, and reading it may never end.
            if (file.Length == 0)
            {
                return Failed("file", Phrases.Of("Contracts.EmptyNoRegularFile"), path);
            }

            if (file.Length > options.MaxFileBytes)
            {
                return Failed("file", Phrases.Of("Contracts.FileBytesLimit", file.Length, options.MaxFileBytes), path);
            }

            return FromBytes(File.ReadAllBytes(path), file.Name, file.DirectoryName, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Failed("file", Phrases.Of("Contracts.FileCannotRead", e.GetType().Name), path);
        }
    }

    public static ContractImport FromBytes(ReadOnlyMemory<byte> content, string fileName, string? folder, ImportOptions options)
    {
        fileName = Path.GetFileName(fileName);
        if (content.Length > options.MaxFileBytes)
        {
            return Failed("file", Phrases.Of("Contracts.FileBytesLimit", content.Length, options.MaxFileBytes), fileName);
        }

        var findings = new FindingList();
        var contract = OpenApiReader.LooksLike(content.Span) || Path.GetExtension(fileName).ToLowerInvariant() is ".yaml" or ".yml" or ".json"
            ? new OpenApiReader(options, findings).Read(content, fileName)
            : new WsdlReader(options, findings).Read(content, fileName, folder);
        return new ContractImport(contract, findings.All);
    }

    private static ContractImport Failed(string construct, string message, string path) =>
        new(null, [new ContractFinding(FindingSeverity.Error, construct, message, new SchemaLocation(Path.GetFileName(path), 0))]);
}
