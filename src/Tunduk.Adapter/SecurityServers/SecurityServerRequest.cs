using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Resilience;

namespace Tunduk.Adapter.SecurityServers;

/// <summary>One message to the own security server: SOAP, REST or a metaservice.</summary>
internal sealed record SecurityServerRequest
{
    public string Method { get; init; } = "POST";

    /// <summary>Raw path and query, sent as it is: nothing is decoded or normalised on the way.</summary>
    public string Target { get; init; } = "/";

    /// <summary>Headers besides Content-Type, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>
    /// Makes the body with its Content-Type, once for each attempt; null for none. A second attempt is made only where
    /// nothing of the first was written, or the service is marked idempotent.
    /// </summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>Timeouts and bulkhead of the service that is asked.</summary>
    public required ServiceLimits Limits { get; init; }

    /// <summary>Reads an answer that is not held in memory; null where there can be none.</summary>
    public SpooledReply? Spooled { get; init; }

    /// <summary>Counts what is held of the answer in memory; null where nobody does.</summary>
    public BodyBudget.Share? Share { get; init; }

    /// <summary>A SOAP envelope without attachments.</summary>
    public static SecurityServerRequest Soap(ReadOnlyMemory<byte> envelope, ServiceLimits limits, string soapAction = "\"\"") => new()
    {
        Headers = [new("SOAPAction", soapAction)],
        Content = () => Bytes(envelope, "text/xml; charset=utf-8"),
        Limits = limits,
    };

    /// <summary>A body in memory under a Content-Type taken as it is.</summary>
    public static HttpContent Bytes(ReadOnlyMemory<byte> body, string? contentType)
    {
        var content = new ReadOnlyMemoryContent(body);
        if (contentType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return content;
    }
}
