using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Exchange;

/// <summary>What goes back to the one who asked.</summary>
internal sealed record ExchangeAnswer
{
    /// <summary>The body; empty with an error.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The refusal, if it is one.</summary>
    public ExchangeError? Error { get; init; }

    /// <summary>The entry that says what happened; null only where the archive itself failed.</summary>
    public RecordId? Record { get; init; }

    /// <summary>The X-Road message id.</summary>
    public string? MessageId { get; init; }
}
