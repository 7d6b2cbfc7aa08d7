using Tunduk.XRoad.Contracts;

namespace Tunduk.Adapter.Sandbox;

/// <summary>A contract of the user's that the sandbox serves beside its own: every operation becomes a service of the invented register, whatever participant the contract is of.</summary>
internal sealed class SandboxContract
{
    private SandboxContract(string file, Contract contract)
    {
        File = file;
        var taken = new HashSet<string>(StringComparer.Ordinal) { "getPerson", "getVehicles" };

        if (contract.Kind == ContractKind.OpenApi)
        {
            // One description is one service, whatever its operations are called.
            var name = contract.CatalogueName is { } known ? known.ServiceCode : Path.GetFileNameWithoutExtension(file);
            var code = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-'));
            var alias = taken.Contains(code) ? code + "-rest" : code;
            Services = [new SandboxContractService(alias, $"{SandboxNames.Provider}/{alias}", contract.Operations) { Rest = contract }];
            return;
        }

        // What the sandbox has of its own stays as it is.
        Services = [.. contract.Operations.Where(operation => operation.ToString() is not ("getPerson/v1" or "getVehicles/v1")).Select(operation => new SandboxContractService(Alias(taken, operation), $"{SandboxNames.Provider}/{operation}", [operation]))];
    }

    /// <summary>Full path of the file.</summary>
    public string File { get; }

    public IReadOnlyList<SandboxContractService> Services { get; }

    /// <summary>Reads a contract; null with what is wrong where it cannot be served.</summary>
    public static SandboxContract? Read(string file, out string fault)
    {
        var full = Path.GetFullPath(file);
        if (!System.IO.File.Exists(full))
        {
            fault = Phrases.Of("Sandbox.NoFile", file);
            return null;
        }

        var import = Contract.Import(full);
        if (!import.IsWhole || import.Contract is null)
        {
            fault = Phrases.Of("Sandbox.CannotMappedContractImport", file);
            return null;
        }

        var read = new SandboxContract(full, import.Contract);
        fault = read.Services.Count == 0 ? Phrases.Of("Sandbox.NoServiceSandboxDoes", file) : "";
        return read.Services.Count == 0 ? null : read;
    }

    private static string Alias(HashSet<string> taken, Operation operation)
    {
        var wish = taken.Contains(operation.ServiceCode) ? $"{operation.ServiceCode}-{operation.Version ?? "contract"}" : operation.ServiceCode;
        taken.Add(wish);
        return wish;
    }
}
