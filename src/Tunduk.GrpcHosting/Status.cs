namespace Tunduk.GrpcHosting;

/// <summary>How a call ended: a code and a text for developers (any Unicode; it travels percent-encoded).</summary>
public readonly record struct Status(StatusCode StatusCode, string Detail)
{
    public static Status DefaultSuccess { get; } = new(StatusCode.OK, "");
    public static Status DefaultCancelled { get; } = new(StatusCode.Cancelled, "");
}
