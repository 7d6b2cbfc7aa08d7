namespace Tunduk.GrpcHosting.Client;

/// <summary>How a channel reaches its server.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>TLS, client certificates, proxies: the handler to use instead of the channel's own. It stays the caller's to dispose.</summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>How long connecting may take, with the channel's own handler. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of one message received, unpacked; null: no limit. Default 4 MiB.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Bytes of one message sent, before compression; null (default): no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>The clock deadlines are measured with.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
