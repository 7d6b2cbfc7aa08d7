namespace Tunduk.GrpcHosting.Wire;

/// <summary>Metadata to and from header values.</summary>
internal static class MetadataCodec
{
    public static string Encode(Metadata.Entry entry) =>
        entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes).TrimEnd('=') : entry.Value;

    /// <summary>Adds one header line as received. Text that is not printable ASCII is dropped, as the protocol permits; bytes that are not Base64 end the call.</summary>
    public static void AddReceived(Metadata metadata, string name, string? value)
    {
        string key = name.ToLowerInvariant();
        if (value is null || !Metadata.IsKey(key) || Metadata.IsReserved(key))
        {
            return;
        }

        if (!Metadata.IsBinaryKey(key))
        {
            if (Metadata.IsText(value))
            {
                metadata.Add(key, value);
            }

            return;
        }

        foreach (Range part in value.AsSpan().Split(','))
        {
            metadata.Add(key, TryDecode(value.AsSpan()[part].Trim(), out byte[] bytes)
                ? bytes
                : throw new RpcException(StatusCode.Internal, $"The binary header {key} is not Base64."));
        }
    }

    /// <summary>Base64 with or without padding.</summary>
    private static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        text = text.TrimEnd('=');
        char[] padded = new char[(text.Length + 3) / 4 * 4];
        text.CopyTo(padded);
        padded.AsSpan(text.Length).Fill('=');
        bytes = new byte[padded.Length / 4 * 3];
        bool ok = Convert.TryFromBase64Chars(padded, bytes, out int written);
        bytes = bytes[..written];
        return ok;
    }
}
