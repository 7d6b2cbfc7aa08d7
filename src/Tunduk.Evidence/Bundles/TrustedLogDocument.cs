namespace Tunduk.Evidence.Bundles;

/// <summary>A log and who may sign its checkpoints.</summary>
public sealed record TrustedLogDocument
{
    /// <summary>Origin, exactly.</summary>
    public required string Origin { get; init; }

    /// <summary>Whose log it is, in words.</summary>
    public required string Owner { get; init; }

    /// <summary>Certificates (DER, base64) of the keys that sign its checkpoints.</summary>
    public IReadOnlyList<byte[]> Certificates { get; init; } = [];

    /// <summary>Distinguished name that a certificate issued under an authority for <c>signer</c> must have; none: only <see cref="Certificates"/> count.</summary>
    public string? Subject { get; init; }
}
