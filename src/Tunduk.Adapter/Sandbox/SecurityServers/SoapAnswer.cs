namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>A SOAP answer on its way back. A provider's fault is passed verbatim and has no head.</summary>
internal sealed class SoapAnswer : IDisposable
{
    public required ReadOnlyMemory<byte> Soap { get; init; }

    public SoapHead? Head { get; init; }

    /// <summary>The other parts of a multipart answer, still to be read.</summary>
    public MimeMessage? Mime { get; init; }

    /// <summary>What the unread parts are read from.</summary>
    public IDisposable? Source { get; init; }

    public void Dispose() => Source?.Dispose();
}
