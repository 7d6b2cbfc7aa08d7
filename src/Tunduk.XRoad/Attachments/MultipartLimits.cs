namespace Tunduk.XRoad.Attachments;

/// <summary>Bounds of one multipart message; the first one passed ends the reading with a named fault. All are inclusive.</summary>
public sealed record MultipartLimits
{
    public static readonly MultipartLimits Default = new();

    /// <summary>Parts, the SOAP part included. Default 64.</summary>
    public int MaxParts { get; init; } = 64;

    /// <summary>Headers of one part. Default 32.</summary>
    public int MaxHeaders { get; init; } = 32;

    /// <summary>Bytes of all headers of one part. Default 16 KiB, at most 32 KiB (half of the read buffer).</summary>
    public int MaxHeaderBytes { get; init; } = 16 * 1024;

    /// <summary>Bytes before the first and after the last boundary, each. Default 4 KiB.</summary>
    public int MaxPaddingBytes { get; init; } = 4 * 1024;

    /// <summary>Bytes of one part as they travel. Default 2 GiB.</summary>
    public long MaxPartBytes { get; init; } = 2L * 1024 * 1024 * 1024;

    /// <summary>Bytes of the SOAP part, which is held in memory. Default 32 MiB.</summary>
    public int MaxSoapBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// Asked before so many bytes more of a part are held in memory; false ends the reading with the fault <c>memory-full</c>. Default null:
    /// nobody is asked.
    /// </summary>
    public Func<int, bool>? MayHold { get; init; }

    /// <summary>Type of a part that names none, as in forms (RFC 7578 §4.4). Default null: such a part is refused (PR-MESS 2.6).</summary>
    public string? DefaultType { get; init; }

    /// <summary>Bytes of the whole message. Default 4 GiB.</summary>
    public long MaxBytes { get; init; } = 4L * 1024 * 1024 * 1024;
}
