namespace Tunduk.Adapter.Agreements;

/// <summary>One text of one file while a reading of the folder is judged.</summary>
internal sealed class AgreementDocument
{
    public required string File { get; init; }

    public required AgreementDigest Digest { get; init; }

    public required byte[] Bytes { get; init; }

    public required byte[]? Signature { get; init; }

    public required AgreementReading Reading { get; init; }

    public required string? ProvedBy { get; init; }

    /// <summary>The text was the good one before this reading.</summary>
    public required bool IsEstablished { get; init; }

    public bool IsUsable => Reading.Agreement is not null && ProvedBy is not null;
}
