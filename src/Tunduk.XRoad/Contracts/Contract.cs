namespace Tunduk.XRoad.Contracts;

/// <summary>An imported description of services: its operations with compiled message shapes. Immutable and safe to share.</summary>
public sealed class Contract
{
    internal Contract(ContractKind kind, string fileName, string targetNamespace, IReadOnlyList<Operation> operations)
    {
        Kind = kind;
        FileName = fileName;
        TargetNamespace = targetNamespace;
        Operations = operations;
        CatalogueName = CatalogueFileName.TryParse(fileName, out var name) ? name : null;
    }

    public ContractKind Kind { get; }

    /// <summary>The file's name without its folder.</summary>
    public string FileName { get; }

    public string TargetNamespace { get; }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<Operation> Operations { get; }

    /// <summary>The identifiers that the catalogue's file name convention carries, if the name follows it.</summary>
    public CatalogueFileName? CatalogueName { get; }

    /// <summary>Finds an operation by service code and, where given, version. Without a version the only or unversioned one is meant.</summary>
    public Operation? Find(string serviceCode, string? version = null)
    {
        Operation? found = null;
        foreach (var operation in Operations)
        {
            if (operation.ServiceCode != serviceCode)
            {
                continue;
            }

            if (operation.Version == version)
            {
                return operation;
            }

            if (version is null)
            {
                found ??= operation;
            }
        }

        return found;
    }

    /// <summary>Imports a WSDL or OpenAPI file; imports and includes are read from the file's own folder only.</summary>
    public static ContractImport Import(string path, ImportOptions? options = null) =>
        ContractImporter.FromFile(path, options ?? ImportOptions.Default);

    /// <summary>Imports a text, for example an answer of getWsdl; imports that need a file are not resolved.</summary>
    public static ContractImport ImportText(ReadOnlyMemory<byte> content, string fileName, ImportOptions? options = null) =>
        ContractImporter.FromBytes(content, fileName, null, options ?? ImportOptions.Default);
}
