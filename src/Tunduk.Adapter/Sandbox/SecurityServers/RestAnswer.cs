namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>A REST answer on its way back: status, reason, headers, and either whole body or the provider's stream.</summary>
internal sealed class RestAnswer : IDisposable
{
    public required int Status { get; init; }

    public string? Reason { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    public Stream? BodyStream { get; init; }

    public IDisposable? Source { get; init; }

    public void Dispose() => Source?.Dispose();
}
