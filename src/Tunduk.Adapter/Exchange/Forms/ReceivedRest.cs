using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Callers;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>A REST request as it arrived, unread.</summary>
/// <param name="Method">The method.</param>
/// <param name="RawTarget">Path and query as they stood in the request line; with an alias what follows the service, perhaps nothing.</param>
/// <param name="Headers">Every field line, in order.</param>
/// <param name="Body">The body; empty for none.</param>
internal sealed record ReceivedRest(string Method, string RawTarget, IReadOnlyList<KeyValuePair<string, string>> Headers, RestBody Body) : IDisposable
{
    /// <summary>Who called, on the side of our own information system.</summary>
    public Caller? Caller { get; init; }

    /// <summary>Alias of the service on the alias face, whose <see cref="RawTarget"/> is what follows the service; null where the target names the service itself.</summary>
    public string? Alias { get; init; }

    /// <summary>Counts what the neighbour answers; null where nobody does.</summary>
    public BodyBudget.Share? AnswerShare { get; init; }

    public void Dispose() => Body.Spooled?.Dispose();

    /// <summary>First value of a header; null without one.</summary>
    public string? Header(string name)
    {
        foreach (var (key, value) in Headers)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }
}
