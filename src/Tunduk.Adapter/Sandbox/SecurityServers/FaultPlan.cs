namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>The faults on demand that one request meets.</summary>
internal sealed class FaultPlan(IReadOnlyList<SecurityServerFault> faults)
{
    public static FaultPlan None { get; } = new([]);

    public bool IsEmpty => faults.Count == 0;

    public bool Has(SecurityServerFaultKind kind) => Find(kind) is not null;

    public SecurityServerFault? Find(SecurityServerFaultKind kind)
    {
        foreach (SecurityServerFault fault in faults)
        {
            if (fault.Kind == kind)
            {
                return fault;
            }
        }

        return null;
    }
}
