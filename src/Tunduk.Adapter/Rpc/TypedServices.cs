using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using Tunduk.Adapter.Contracts;

namespace Tunduk.Adapter.Rpc;

/// <summary>The typed gRPC services of all aliases.</summary>
internal sealed partial class TypedServices
{
    private readonly FrozenDictionary<string, TypedService> byName;
    private readonly FrozenDictionary<string, TypedService> byAlias;

    public TypedServices(ServiceCatalogue catalogue, ILogger<TypedServices> log)
    {
        var found = new List<TypedService>();
        foreach (var service in catalogue.Consumed.Where(service => service.Operations.Count > 0))
        {
            var file = ServiceDocuments.ProtoFile(service);
            try
            {
                var descriptor = ContractDescriptor.Build(file, ServiceDocuments.ProtoFileName(file)).Services[0];
                found.Add(new TypedService(service.Alias, file.Methods, descriptor));
            }
            catch (DescriptorValidationException exception)
            {
                LogLeftOut(log, service.Alias, exception.Message);
            }
        }

        // Two aliases that differ in what an identifier cannot hold ("get-person", "get_person") would be one service: the first in order is served.
        byName = found.GroupBy(service => service.Descriptor.FullName, StringComparer.Ordinal).ToFrozenDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        byAlias = byName.Values.ToFrozenDictionary(service => service.Alias, StringComparer.Ordinal);
        foreach (var left in found.Where(service => !byAlias.ContainsKey(service.Alias)))
        {
            LogLeftOut(log, left.Alias, "another alias has the same name as an identifier");
        }
    }

    public IEnumerable<TypedService> All => byName.Values;

    /// <summary>The service of this full name, or null.</summary>
    public TypedService? Find(string fullName) => byName.GetValueOrDefault(fullName);

    /// <summary>The service of an alias, or null where its contract has none.</summary>
    public TypedService? OfAlias(string alias) => byAlias.GetValueOrDefault(alias);

    [LoggerMessage(1701, LogLevel.Warning, "Alias {Alias} has no typed gRPC method: {Reason}. tunduk.adapter.v1.Exchange serves it")]
    private static partial void LogLeftOut(ILogger logger, string alias, string reason);
}
