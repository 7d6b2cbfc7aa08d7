using Tunduk.Adapter.Callers;

namespace Tunduk.Adapter.Exchange;

/// <summary>What our information system sent, unread.</summary>
/// <param name="Caller">Who calls.</param>
/// <param name="Alias">Service alias of the address.</param>
/// <param name="Body">JSON body.</param>
/// <param name="Headers">The X-Road headers given.</param>
internal sealed record ConsumerRequest(Caller Caller, string Alias, ReadOnlyMemory<byte> Body, CallHeaders Headers)
{
    /// <summary>The operation of a REST service with several; null where none is named.</summary>
    public string? Operation { get; init; }

    /// <summary>Counts what the neighbour answers; null where nobody does.</summary>
    public BodyBudget.Share? AnswerShare { get; init; }
}
