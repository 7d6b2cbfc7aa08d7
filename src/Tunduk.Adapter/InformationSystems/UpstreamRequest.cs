using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.InformationSystems;

/// <summary>One request to the own information system.</summary>
internal sealed record UpstreamRequest
{
    public string Method { get; init; } = "POST";

    /// <summary>Whole address; sent as it is written.</summary>
    public required Uri Address { get; init; }

    /// <summary>Name of the service in <c>Provides</c>: its failures count together, and its calls share a bulkhead.</summary>
    public required string Service { get; init; }

    /// <summary>Headers besides Content-Type.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Makes the body with its Content-Type; null for none.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>Longest wait for the whole answer.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Which HTTP status is an answer; any other is a refusal of the information system, or what may have been done all the same.</summary>
    public required Func<int, bool> Accepts { get; init; }

    /// <summary>The same in words.</summary>
    public required string Accepted { get; init; }

    /// <summary>Counts what is held of the answer in memory; null where nobody does.</summary>
    public BodyBudget.Share? Share { get; init; }

    /// <summary>Reads an answer that is not held in memory; null where there can be none.</summary>
    public SecurityServers.SpooledReply? Spooled { get; init; }
}
