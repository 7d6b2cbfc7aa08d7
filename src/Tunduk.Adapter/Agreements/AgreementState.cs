namespace Tunduk.Adapter.Agreements;

/// <summary>How a document stands at a moment.</summary>
internal enum AgreementState
{
    InForce,

    /// <summary>Its first day has not come.</summary>
    NotYetValid,

    Expired,

    Suspended,

    /// <summary>Not usable, and no earlier good text exists.</summary>
    Blocked,
}
