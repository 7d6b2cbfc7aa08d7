namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>The faults on demand of one simulated security server. Thread-safe; costs one read when there are none.</summary>
internal sealed class SecurityServerFaults
{
    private readonly Lock _lock = new();
    private readonly List<(SecurityServerFault Fault, int? Left)> _planned = [];
    private volatile bool _any;

    public void Add(SecurityServerFault fault)
    {
        lock (_lock)
        {
            _planned.Add((fault, fault.Times));
            _any = true;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _planned.Clear();
            _any = false;
        }
    }

    public IReadOnlyList<SecurityServerFault> List()
    {
        lock (_lock)
        {
            return [.. _planned.Select(static planned => planned.Fault)];
        }
    }

    /// <summary>The faults that apply to one request of a service; those with a number of times are counted down.</summary>
    internal FaultPlan Take(string serviceCode)
    {
        if (!_any)
        {
            return FaultPlan.None;
        }

        lock (_lock)
        {
            var taken = new List<SecurityServerFault>();
            for (int i = 0; i < _planned.Count; i++)
            {
                (SecurityServerFault fault, int? left) = _planned[i];
                if ((fault.Service is null || fault.Service == serviceCode) && left is null or > 0)
                {
                    taken.Add(fault);
                    _planned[i] = (fault, left - 1);
                }
            }

            _planned.RemoveAll(static planned => planned.Left == 0);
            _any = _planned.Count > 0;
            return taken.Count == 0 ? FaultPlan.None : new FaultPlan(taken);
        }
    }
}
