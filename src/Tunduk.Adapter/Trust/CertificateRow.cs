namespace Tunduk.Adapter.Trust;

/// <summary>A certificate in play as it is shown: in <c>keys show</c> and at <c>/health/ready</c>. Nothing in it is secret or personal.</summary>
internal sealed record CertificateRow
{
    /// <summary>What for, as <see cref="CertificateUse.Kind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The setting or party.</summary>
    public required string Name { get; init; }

    public required string Subject { get; init; }

    public required string Issuer { get; init; }

    public required string Serial { get; init; }

    /// <summary>SHA-256 of the certificate.</summary>
    public required string Sha256 { get; init; }

    public required DateTimeOffset ValidFrom { get; init; }

    public required DateTimeOffset ValidUntil { get; init; }

    /// <summary>Whole days until its end; negative afterwards.</summary>
    public required int DaysLeft { get; init; }

    /// <summary>good, revoked, unanswered; null where it is not asked.</summary>
    public string? Revocation { get; init; }

    /// <summary>How long ago the authority said so, in seconds.</summary>
    public long? RevocationAgeSeconds { get; init; }

    /// <summary>The last signature or connection since the adapter's start.</summary>
    public DateTimeOffset? LastUse { get; init; }

    /// <summary>What stops when it ends.</summary>
    public required string Breaks { get; init; }

    /// <summary>What operations should do about it.</summary>
    public string? Warning { get; init; }

    /// <summary>The row in words.</summary>
    public override string ToString() =>
        Phrases.Of("Trust.SerialSha256ValidDays", Kind, Name, Subject, Serial, Sha256, ValidFrom, ValidUntil, DaysLeft, Revocation is null ? "" : RevocationAgeSeconds is { } age ? Phrases.Of("Trust.SAgo", Revocation, age) : Phrases.Of("Trust.Revocation", Revocation), LastUse is { } use ? Phrases.Of("Trust.LastUseZ", use.UtcDateTime) : "");
}
