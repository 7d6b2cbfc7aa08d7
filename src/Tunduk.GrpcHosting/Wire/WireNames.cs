namespace Tunduk.GrpcHosting.Wire;

/// <summary>Names of gRPC over HTTP/2.</summary>
internal static class WireNames
{
    public const string ContentType = "application/grpc";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Gzip = "gzip";
    public const string Identity = "identity";
    public const string Accepted = Identity + "," + Gzip;

    /// <summary><c>application/grpc</c>, alone or followed by <c>+proto</c> or parameters; not <c>application/grpc-web</c> nor <c>+json</c>.</summary>
    public static bool IsGrpcContentType(string? value)
    {
        if (value is null || !value.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        ReadOnlySpan<char> rest = value.AsSpan(ContentType.Length);
        int parameters = rest.IndexOf(';');
        rest = (parameters < 0 ? rest : rest[..parameters]).TrimEnd();
        return rest.IsEmpty || rest.Equals("+proto", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a list of content codings names this one.</summary>
    public static bool Lists(string? codings, string coding)
    {
        foreach (Range part in codings.AsSpan().Split(','))
        {
            if (codings.AsSpan()[part].Trim().Equals(coding, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
