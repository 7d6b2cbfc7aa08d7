namespace Tunduk.Evidence.Http;

/// <summary>The request that a response answers, as this side sent or received it.</summary>
/// <remarks>
/// The target stands for the header <c>tunduk-target</c> also where the request did not carry it (a consumer that signs detached):
/// both sides know it, and no response may be moved to another request.
/// </remarks>
public sealed record RestRequestBinding
{
    /// <summary>The request's X-Road-Id.</summary>
    public required string Id { get; init; }

    /// <summary>The request's X-Road-Client as the consumer wrote it.</summary>
    public required string Client { get; init; }

    /// <summary>The request's target.</summary>
    public required HttpTarget Target { get; init; }

    /// <summary>Decoded signature of the request; empty if it had none of the profile.</summary>
    public ReadOnlyMemory<byte> Signature { get; init; }
}
