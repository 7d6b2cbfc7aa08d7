namespace Tunduk.Adapter.Agreements;

/// <summary>What <see cref="AgreementUsage"/> counts.</summary>
internal enum UsageKind
{
    /// <summary>A field removed or blanked.</summary>
    Removed,

    /// <summary>An exchange refused.</summary>
    Refused,

    /// <summary>What a shadow version would have done otherwise.</summary>
    Shadow,
}
