using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Exchange;

/// <summary>One request that may be repeated: under way, answered, or ended without anybody knowing how.</summary>
internal sealed class RepeatedRequest(RepeatedRequests all, string key, DateTimeOffset until) : IDisposable
{
    private volatile Kept? kept;

    public string Key => key;

    public DateTimeOffset Until => until;

    /// <summary>Bytes held.</summary>
    public long Size { get; private set; }

    /// <summary>The answer as it was given; empty until there is one.</summary>
    public ReadOnlyMemory<byte> Answer => kept?.Answer ?? default;

    /// <summary>The request's entry; its end holds what <see cref="Answer"/> is given again from.</summary>
    public RecordId? Record => kept?.Record;

    /// <summary>How it ended when nobody knows whether it was executed.</summary>
    public ExchangeError? Error => kept?.Error;

    /// <summary>True until it ended.</summary>
    public bool IsUnderWay => kept is null;

    /// <summary>Keeps the answer for repeats.</summary>
    public void Keep(ReadOnlyMemory<byte> answer, RecordId record)
    {
        Size = answer.Length;
        kept = new Kept(answer, record, null);
        all.Count(this);
    }

    /// <summary>Keeps an end that nobody knows: a repeat is told so instead of being sent.</summary>
    public void Keep(ExchangeError error, RecordId? record) => kept = new Kept(default, record, error);

    /// <summary>Ends the first request; without anything kept its repeats are sent.</summary>
    public void Dispose()
    {
        if (kept is null)
        {
            all.Remove(this);
        }
    }

    private sealed record Kept(ReadOnlyMemory<byte> Answer, RecordId? Record, ExchangeError? Error);
}
